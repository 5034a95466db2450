"""Where a pipeline's tables are."""

from ragline.config.addresses import Address
from ragline.config.section import Section


class LakeSettings(Section):
    """Where the tables are: a folder or an object-store URI."""

    uri: Address
