using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.PostgreSql.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: true),
                    client_id = table.Column<string>(type: "text", nullable: true),
                    ttl = table.Column<long>(type: "bigint", nullable: true),
                    granted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    notify_address = table.Column<string>(type: "text", nullable: true),
                    notify_request_id = table.Column<Guid>(type: "uuid", nullable: true),
                    end_reason = table.Column<string>(type: "text", nullable: true),
                    ended_by = table.Column<string>(type: "text", nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    due_token_id = table.Column<Guid>(type: "uuid", nullable: true),
                    written_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
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
                    lock_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ticket = table.Column<long>(type: "bigint", nullable: false),
                    acquire_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    token = table.Column<string>(type: "text", nullable: false),
                    ttl = table.Column<long>(type: "bigint", nullable: false),
                    queued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deadline = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    client_id = table.Column<string>(type: "text", nullable: true),
                    reply_address = table.Column<string>(type: "text", nullable: false),
                    reply_request_id = table.Column<Guid>(type: "uuid", nullable: true),
                    lease_id = table.Column<Guid>(type: "uuid", nullable: true),
                    may_join_cohort = table.Column<bool>(type: "boolean", nullable: false)
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
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    state = table.Column<string>(type: "text", nullable: false),
                    last_fence = table.Column<long>(type: "bigint", nullable: false),
                    last_ticket = table.Column<long>(type: "bigint", nullable: false),
                    holder_acquire_id = table.Column<Guid>(type: "uuid", nullable: true),
                    holder_owner = table.Column<string>(type: "text", nullable: true),
                    holder_token = table.Column<string>(type: "text", nullable: true),
                    holder_ttl = table.Column<long>(type: "bigint", nullable: true),
                    holder_granted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    holder_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    holder_client_id = table.Column<string>(type: "text", nullable: true),
                    holder_notify_address = table.Column<string>(type: "text", nullable: true),
                    holder_notify_request_id = table.Column<Guid>(type: "uuid", nullable: true),
                    holder_lease_id = table.Column<Guid>(type: "uuid", nullable: true),
                    holder_released_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    holder_cohort = table.Column<byte[]>(type: "bytea", nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    expiry_token_id = table.Column<Guid>(type: "uuid", nullable: true),
                    written_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    idle_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ended = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_locks", x => x.id);
                    table.CheckConstraint("ck_locks_state", "(state = 'Free' AND holder_acquire_id IS NULL AND holder_released_at IS NULL) OR (state IN ('Offered', 'Held') AND holder_acquire_id IS NOT NULL AND holder_released_at IS NULL) OR (state = 'Cooling' AND holder_acquire_id IS NOT NULL AND holder_released_at IS NOT NULL)");
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

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
                name: "ix_locks_due_from",
                schema: "locks",
                table: "locks",
                column: "due_from",
                filter: "due_from IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_lease_id",
                schema: "locks",
                table: "locks",
                columns: new[] { "holder_lease_id", "due_from" },
                filter: "holder_lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_idle_from",
                schema: "locks",
                table: "locks",
                column: "idle_from",
                filter: "idle_from IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_key",
                schema: "locks",
                table: "locks",
                column: "key");
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
