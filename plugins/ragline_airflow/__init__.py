"""How Airflow runs Ragline: operators that start jobs, assets, and what the DAG files share."""
