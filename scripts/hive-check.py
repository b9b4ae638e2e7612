"""Executes statements in Spark and parses them as Athena's: a list as JSON on standard input, an answer a line.

{"spark": "SELECT 1"}   {"rows": [["1"]]}, values as text, or {"error": "..."}
{"athena": "CREATE ..."} what sqlglot read: its node, and the parts of it
{"set": {"name": "x"}}   options of Spark, from then on
"""

import json
import os
import sys
import tempfile

import sqlglot
from pyspark.sql import SparkSession
from sqlglot import exp

OPTIONS = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:metastore;create=true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    # Views stand in the words of Athena's queries, where names are in double quotes.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
}


def executed(spark, statement):
    try:
        rows = spark.sql(statement).collect()
        return {"rows": [[None if value is None else str(value) for value in row] for row in rows]}
    except Exception as error:  # Whatever Spark says of a statement is the answer.
        return {"error": str(error)[:4000]}


def parsed(statement):
    """The parts of a statement; what sqlglot does not know it takes for a Command, without a complaint."""
    try:
        tree = sqlglot.parse_one(statement, dialect="athena")
    except sqlglot.errors.ParseError as error:
        return {"error": str(error).split("\n")[0]}
    answer = {"node": type(tree).__name__}
    if isinstance(tree, exp.Create):
        answer["kind"] = tree.args["kind"]
        answer["name"] = [part.name for part in tree.find(exp.Table).parts]
        answer["columns"] = columns(tree.this)
        properties = tree.args.get("properties")
        for node in properties.expressions if properties else []:
            add_property(answer, node)
    return answer


def columns(node):
    definitions = node.expressions if isinstance(node, exp.Schema) else []
    return [[column.name, type_text(column.args["kind"])] for column in definitions]


def type_text(kind):
    """As the catalog has it: without the blanks and the quotes of a statement."""
    return kind.sql(dialect="hive").lower().replace("`", "").replace(" ", "")


def add_property(answer, node):
    if isinstance(node, exp.PartitionedByProperty):
        answer["partitions"] = columns(node.this)
    elif isinstance(node, exp.RowFormatSerdeProperty):
        answer["serde"] = node.this.name
        answer["serdeParameters"] = pairs(node.args.get("serde_properties"))
    elif isinstance(node, exp.SerdeProperties):
        answer["serdeParameters"] = pairs(node)
    elif isinstance(node, exp.FileFormatProperty):
        formats = node.this
        answer["formats"] = [formats.args["input_format"].name, formats.args["output_format"].name]
    elif isinstance(node, exp.LocationProperty):
        answer["location"] = node.this.name
    elif type(node) is exp.Property:
        answer.setdefault("parameters", {})[node.this.name] = node.args["value"].name
    else:
        answer.setdefault("others", []).append(type(node).__name__)


def pairs(node):
    return {} if node is None else {pair.this.name: pair.args["value"].name for pair in node.expressions}


def main():
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        # Where Derby writes its log.
        os.chdir(folder)
        builder = SparkSession.builder.master("local[1]").appName("hive-check").enableHiveSupport()
        for name, value in {**OPTIONS, "spark.sql.warehouse.dir": f"{folder}/warehouse"}.items():
            builder = builder.config(name, value)
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("OFF")
        for question in asked:
            if "spark" in question:
                answer = executed(spark, question["spark"])
            elif "athena" in question:
                answer = parsed(question["athena"])
            else:
                for name, value in question["set"].items():
                    spark.conf.set(name, value)
                answer = {}
            print(json.dumps(answer), flush=True)
        spark.stop()


main()
