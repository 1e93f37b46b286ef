using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.PostgreSql.Migrations
{
    /// <inheritdoc />
    internal partial class HotUpdates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_locks_due_at",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropIndex(
                name: "ix_locks_holder_shared_lease_id",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropIndex(
                name: "ix_locks_idle_since",
                schema: "locks",
                table: "locks");

            migrationBuilder.AlterTable(
                name: "locks",
                schema: "locks")
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "due_from",
                schema: "locks",
                table: "locks",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "idle_from",
                schema: "locks",
                table: "locks",
                type: "timestamp with time zone",
                nullable: true);

            // The longest column moves to the end: taking a lock does not change it, and PostgreSQL leaves the part of a row that is the same
            // at the end out of its log.
            migrationBuilder.Sql(
                """
                ALTER TABLE locks.locks RENAME COLUMN ended TO ended_before;
                ALTER TABLE locks.locks ADD COLUMN ended bytea;
                UPDATE locks.locks SET ended = ended_before, due_from = due_at, idle_from = CASE state WHEN 'Free' THEN written_at END;
                ALTER TABLE locks.locks DROP COLUMN ended_before;
                """);

            migrationBuilder.CreateIndex(
                name: "ix_locks_due_from",
                schema: "locks",
                table: "locks",
                column: "due_from",
                filter: "due_from IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_shared_lease_id",
                schema: "locks",
                table: "locks",
                columns: new[] { "holder_shared_lease_id", "due_from" },
                filter: "holder_shared_lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_idle_from",
                schema: "locks",
                table: "locks",
                column: "idle_from",
                filter: "idle_from IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_locks_due_from",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropIndex(
                name: "ix_locks_holder_shared_lease_id",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropIndex(
                name: "ix_locks_idle_from",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "due_from",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "idle_from",
                schema: "locks",
                table: "locks");

            migrationBuilder.AlterTable(
                name: "locks",
                schema: "locks")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateIndex(
                name: "ix_locks_due_at",
                schema: "locks",
                table: "locks",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_shared_lease_id",
                schema: "locks",
                table: "locks",
                columns: new[] { "holder_shared_lease_id", "due_at" },
                filter: "holder_shared_lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_idle_since",
                schema: "locks",
                table: "locks",
                column: "written_at",
                filter: "state = 'Free'");
        }
    }
}
