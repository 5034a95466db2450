"""A few stretches of a text that stand for the whole, so that a long document costs no more than a short one."""


def sample(text: str, windows: int, width: int) -> str:
    """``windows`` evenly spread stretches of ``width`` characters, first and last included, on lines of their own; a text that is
    no longer than all of them together is returned as it is."""
    if len(text) <= windows * width:
        return text
    step = (len(text) - width) / (windows - 1)
    return "\n".join(text[start : start + width] for start in (round(i * step) for i in range(windows)))
