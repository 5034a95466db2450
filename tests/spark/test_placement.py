"""Where a step does its work: configuration first, then the master, then how much there is to do."""

import pytest

from ragline.config.spark import SparkSettings
from ragline.spark.placement import Amount, choose_placement, local_cores, place, require_spark
from ragline.spark.tuning import amounts_for_driver

FEW, MANY = Amount("rows", 99, 100), Amount("rows", 100, 100)
CLUSTER = "spark://host:7077"


def where(amounts, cluster_always=False, **settings):
    return str(choose_placement(SparkSettings(**settings), amounts, cluster_always=cluster_always))


def test_by_itself_the_size_decides():
    assert where([FEW], master="local[2]") == "this process: 99 rows, below 100"
    assert where([FEW, MANY], master="local[2]") == "Spark: 100 rows, of 100 up"


def test_on_a_cluster_little_work_goes_there_only_where_the_step_wants_that():
    assert where([FEW], master=CLUSTER) == "this process: 99 rows, below 100"
    assert where([FEW], cluster_always=True, master=CLUSTER) == f"Spark: spark.master is {CLUSTER}"
    assert where([FEW], cluster_always=True, master="local[2]") == "this process: 99 rows, below 100"
    assert where([], cluster_always=True, master="local[2]") == "this process: spark.master is local[2]"


def test_under_spark_submit_there_is_a_session_already(monkeypatch):
    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")
    assert where([FEW], cluster_always=True, master="local[2]").startswith("Spark")


def test_the_configuration_decides_before_all_else():
    assert where([MANY], cluster_always=True, master=CLUSTER, use="never") == "this process: spark.use is never"
    assert where([FEW], master="local[2]", use="always") == "Spark: spark.use is always"


def test_the_manifest_says_what_was_chosen_and_why(project):
    def work(run):
        place(run, "checking rows", [FEW])
        require_spark(run, "preprocess")

    assert project.run("gate", work).facts["placement"] == {
        "checking rows": "this process: 99 rows, below 100",
        "preprocess": "Spark: it works in Spark only",
    }


def test_what_works_in_spark_only_is_refused_where_spark_is_never_used(project):
    manifest = project.run("preprocess", lambda run: require_spark(run, "preprocess"), "spark.use=never")
    assert manifest.status == "bad_input"
    assert "spark.use is 'never'" in manifest.message


@pytest.mark.parametrize(("master", "cores"), [("local", 1), ("local[3]", 3), ("local[4,2]", 4), ("spark://host:7077", None)])
def test_cores_of_a_master(master, cores):
    assert local_cores(master) == cores


def test_cores_that_this_process_may_use(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 12)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(8)))
    monkeypatch.setattr("joblib.externals.loky.backend.context._cpu_count_cgroup", lambda cores: 3)
    assert local_cores("local[*]") == 3
    assert local_cores("local-cluster[2,1,1024]") is None


@pytest.mark.parametrize(
    ("master", "use", "changes", "rows", "in_spark"),
    [
        ("local[2]", "auto", 1_000, 1_000_000, False),
        ("local[2]", "auto", 1_001, 5_000, True),
        ("local[2]", "auto", 10, 1_000_001, True),
        ("local[2]", "always", 10, 100, True),
        ("spark://master:7077", "auto", 10, 100, True),
    ],
)
def test_few_changed_documents_are_the_driver_s_work_on_one_machine(master, use, changes, rows, in_spark):
    settings = SparkSettings(master=master, use=use)
    assert choose_placement(settings, amounts_for_driver(changes, rows), cluster_always=True).in_spark is in_spark
