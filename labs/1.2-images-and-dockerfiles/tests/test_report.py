from app.report import report


def test_one_line_a_vehicle():
    text = "vehicle_id,event_time,celsius\nV-2,2026-01-01T00:00:00Z,-18.5\nV-1,2026-01-01T00:00:01Z,4\nV-2,2026-01-01T00:00:02Z,-20\n"
    lines = report(text).split("\n")
    assert [line.split("\t")[0].strip() for line in lines] == ["vehicle", "V-1", "V-2"]
