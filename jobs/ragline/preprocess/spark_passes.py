"""Run the passes over the documents on a Spark session, with progress."""

from dataclasses import astuple

import pyarrow as pa

from ragline.preprocess.document_files import slices
from ragline.preprocess.spark_tasks import HASHES, HASHES_DDL, PARTS, PARTS_DDL, SLICE_SCHEMA, ChunkDocuments, HashDocuments
from ragline.runtime.settings import SparkSettings
from ragline.runtime.spark import spark_session
from ragline.runtime.task_progress import task_progress


class SparkPasses:
    """The passes of one run. Spark starts with the first that has something to read."""

    def __init__(self, app_name: str, settings: SparkSettings) -> None:
        self._app_name, self._settings = app_name, settings

    def hash_documents(self, work: HashDocuments, located: pa.Table) -> pa.Table:
        """doc_id, normal_hash of the located documents."""
        return self._run("hash documents", work, located, HASHES_DDL, HASHES)

    def chunk_documents(self, work: ChunkDocuments, located: pa.Table) -> pa.Table:
        """What the tasks that chunked the located documents say of it (``PARTS``)."""
        return self._run("chunk documents", work, located, PARTS_DDL, PARTS)

    def _run(self, what: str, work: HashDocuments | ChunkDocuments, located: pa.Table, ddl: str, schema: pa.Schema) -> pa.Table:
        if located.num_rows == 0:
            return schema.empty_table()
        spark = spark_session(self._app_name, self._settings)
        parts = slices(located, spark.sparkContext.defaultParallelism)
        with task_progress(spark, what, [len(part.doc_ids) for part in parts]) as counted:
            # One partition per slice: parallelize, unlike a local relation, lets us say so without a shuffle.
            rows = spark.sparkContext.parallelize([astuple(part) for part in parts], len(parts))
            return spark.createDataFrame(rows, SLICE_SCHEMA).mapInArrow(counted(work), ddl).toArrow().cast(schema)
