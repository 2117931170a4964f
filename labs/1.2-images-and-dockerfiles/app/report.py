"""From readings to a table: one line a vehicle."""
import csv
import io

from dateutil import parser
from tabulate import tabulate

COLUMNS = ["vehicle", "readings", "coldest", "warmest", "until"]


def report(text: str) -> str:
    """A table of the vehicles in a CSV text with the columns vehicle_id, event_time and celsius."""
    vehicles: dict[str, list[tuple[str, float]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        at = parser.isoparse(row["event_time"]).isoformat()
        vehicles.setdefault(row["vehicle_id"], []).append((at, float(row["celsius"])))
    rows = []
    for vehicle, readings in sorted(vehicles.items()):
        degrees = [celsius for _, celsius in readings]
        rows.append([vehicle, len(readings), min(degrees), max(degrees), max(at for at, _ in readings)])
    return tabulate(rows, COLUMNS, tablefmt="tsv", disable_numparse=True)
