"""Records in reach of Apache Spark: their index made and asked on a cluster, or in local mode."""

from portcullis.records.spark.build import remove, write
from portcullis.records.spark.lookups import open_version
from portcullis.records.spark.session import spark_session

__all__ = ["open_version", "remove", "spark_session", "write"]
