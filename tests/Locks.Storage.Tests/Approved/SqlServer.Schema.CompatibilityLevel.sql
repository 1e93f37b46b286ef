SELECT COALESCE((SELECT CAST(compatibility_level AS int) FROM sys.databases WHERE database_id = DB_ID()), @none);
