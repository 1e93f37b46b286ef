using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.SqlServer.Migrations
{
    /// <inheritdoc />
    internal partial class LocksOnALease : Migration
    {
        private static readonly string[] Tables = ["locks", "lock_waiters", "leases"];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_locks_holder_lease_id",
                schema: "locks",
                table: "locks");

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_lease_id",
                schema: "locks",
                table: "locks",
                column: "holder_lease_id",
                filter: "holder_lease_id IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "due_at" });

            // A queue of 5,000 waiters that is written at once would lock the table, and with it all other queues.
            SetLockEscalation(migrationBuilder, "DISABLE");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_locks_holder_lease_id",
                schema: "locks",
                table: "locks");

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_lease_id",
                schema: "locks",
                table: "locks",
                columns: new[] { "holder_lease_id", "due_at" },
                filter: "holder_lease_id IS NOT NULL");

            SetLockEscalation(migrationBuilder, "TABLE");
        }

        private static void SetLockEscalation(MigrationBuilder migrationBuilder, string mode)
        {
            foreach (var table in Tables)
                migrationBuilder.Sql($"ALTER TABLE [locks].[{table}] SET (LOCK_ESCALATION = {mode});");
        }
    }
}
