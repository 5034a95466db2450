from ragline.contracts.known_items import normalise_query, role_of


def test_queries_that_differ_in_case_width_and_spacing_are_one():
    assert normalise_query("  Ｔhe\nFirst   Week ") == "the first week"


def test_a_summary_is_never_trained_on():
    assert all(role_of("summary", f"summary {i}") == "evaluation" for i in range(100))


def test_titles_are_shared_out_about_evenly_and_for_good():
    roles = [role_of("title", f"title {i}") for i in range(1000)]
    assert 400 < roles.count("evaluation") < 600
    assert roles == [role_of("title", f"Title  {i}") for i in range(1000)]


def test_a_heading_equal_to_a_title_is_on_the_same_side():
    assert all(role_of("title", f"t{i}") == role_of("heading", f"t{i}") for i in range(50))
