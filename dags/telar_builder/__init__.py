"""How a use case becomes a DAG: timetable, tasks and the page that explains them."""
