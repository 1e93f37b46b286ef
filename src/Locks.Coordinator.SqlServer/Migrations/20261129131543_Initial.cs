using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.SqlServer.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        private static readonly string[] Tables = ["locks", "lock_waiters", "leases"];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "locks");

            migrationBuilder.CreateTable(
                name: "leases",
                schema: "locks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "varchar(8)", unicode: false, maxLength: 8, nullable: false, collation: "Latin1_General_100_BIN2"),
                    owner = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: true, collation: "Latin1_General_100_BIN2"),
                    client_id = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    ttl = table.Column<long>(type: "bigint", nullable: true),
                    granted_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    notify_address = table.Column<string>(type: "nvarchar(max)", nullable: true, collation: "Latin1_General_100_BIN2"),
                    notify_request_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    end_reason = table.Column<string>(type: "varchar(32)", unicode: false, maxLength: 32, nullable: true, collation: "Latin1_General_100_BIN2"),
                    ended_by = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: true, collation: "Latin1_General_100_BIN2"),
                    ended_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    due_token_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    written_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_leases", x => x.id);
                    table.CheckConstraint("ck_leases_state", "(state = 'Active' AND expires_at IS NOT NULL AND ended_at IS NULL) OR (state = 'Ending' AND expires_at IS NOT NULL AND ended_at IS NOT NULL) OR (state = 'Ended' AND ended_at IS NOT NULL)");
                });

            migrationBuilder.CreateTable(
                name: "lock_waiters",
                schema: "locks",
                columns: table => new
                {
                    lock_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ticket = table.Column<long>(type: "bigint", nullable: false),
                    acquire_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    owner = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false, collation: "Latin1_General_100_BIN2"),
                    token = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: false, collation: "Latin1_General_100_BIN2"),
                    ttl = table.Column<long>(type: "bigint", nullable: false),
                    queued_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: false),
                    deadline = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: false),
                    client_id = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    reply_address = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    reply_request_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    lease_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    may_join_cohort = table.Column<bool>(type: "bit", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lock_waiters", x => new { x.lock_id, x.ticket });
                });

            migrationBuilder.CreateTable(
                name: "locks",
                schema: "locks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "nvarchar(512)", maxLength: 512, nullable: false, collation: "Latin1_General_100_BIN2"),
                    state = table.Column<string>(type: "varchar(8)", unicode: false, maxLength: 8, nullable: false, collation: "Latin1_General_100_BIN2"),
                    last_fence = table.Column<long>(type: "bigint", nullable: false),
                    last_ticket = table.Column<long>(type: "bigint", nullable: false),
                    holder_acquire_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    holder_owner = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: true, collation: "Latin1_General_100_BIN2"),
                    holder_token = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    holder_ttl = table.Column<long>(type: "bigint", nullable: true),
                    holder_granted_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    holder_expires_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    holder_client_id = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    holder_notify_address = table.Column<string>(type: "nvarchar(max)", nullable: true, collation: "Latin1_General_100_BIN2"),
                    holder_notify_request_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    holder_lease_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    holder_released_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    holder_cohort = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    expiry_token_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    ended = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    written_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_locks", x => x.id);
                    table.CheckConstraint("ck_locks_state", "(state = 'Free' AND holder_acquire_id IS NULL AND holder_released_at IS NULL) OR (state IN ('Offered', 'Held') AND holder_acquire_id IS NOT NULL AND holder_released_at IS NULL) OR (state = 'Cooling' AND holder_acquire_id IS NOT NULL AND holder_released_at IS NOT NULL)");
                });

            migrationBuilder.CreateIndex(
                name: "ix_leases_due_at",
                schema: "locks",
                table: "leases",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_leases_ended_since",
                schema: "locks",
                table: "leases",
                column: "written_at",
                filter: "state = 'Ended'");

            migrationBuilder.CreateIndex(
                name: "ix_lock_waiters_lease_id",
                schema: "locks",
                table: "lock_waiters",
                columns: new[] { "lease_id", "lock_id" },
                filter: "lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_due_at",
                schema: "locks",
                table: "locks",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_lease_id",
                schema: "locks",
                table: "locks",
                column: "holder_lease_id",
                filter: "holder_lease_id IS NOT NULL")
                .Annotation("SqlServer:Include", new[] { "due_at" });

            migrationBuilder.CreateIndex(
                name: "ix_locks_idle_since",
                schema: "locks",
                table: "locks",
                column: "written_at",
                filter: "state = 'Free'");

            migrationBuilder.CreateIndex(
                name: "ix_locks_key",
                schema: "locks",
                table: "locks",
                column: "key");

            // A queue of 5,000 waiters that is written at once would lock the table, and with it all other queues.
            foreach (var table in Tables)
                migrationBuilder.Sql($"ALTER TABLE [locks].[{table}] SET (LOCK_ESCALATION = DISABLE);");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "leases",
                schema: "locks");

            migrationBuilder.DropTable(
                name: "lock_waiters",
                schema: "locks");

            migrationBuilder.DropTable(
                name: "locks",
                schema: "locks");
        }
    }
}
