using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.Sqlite.Migrations
{
    /// <inheritdoc />
    internal partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", nullable: true),
                    client_id = table.Column<string>(type: "TEXT", nullable: true),
                    ttl = table.Column<long>(type: "INTEGER", nullable: true),
                    granted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    notify_address = table.Column<string>(type: "TEXT", nullable: true),
                    notify_request_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    end_reason = table.Column<string>(type: "TEXT", nullable: true),
                    ended_by = table.Column<string>(type: "TEXT", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    due_token_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    written_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_leases", x => x.id);
                    table.CheckConstraint("ck_leases_state", "(state = 'Active' AND expires_at IS NOT NULL AND ended_at IS NULL) OR (state = 'Ending' AND expires_at IS NOT NULL AND ended_at IS NOT NULL) OR (state = 'Ended' AND ended_at IS NOT NULL)");
                });

            migrationBuilder.CreateTable(
                name: "lock_waiters",
                columns: table => new
                {
                    lock_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ticket = table.Column<long>(type: "INTEGER", nullable: false),
                    acquire_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner = table.Column<string>(type: "TEXT", nullable: false),
                    token = table.Column<string>(type: "TEXT", nullable: false),
                    ttl = table.Column<long>(type: "INTEGER", nullable: false),
                    queued_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deadline = table.Column<long>(type: "INTEGER", nullable: false),
                    client_id = table.Column<string>(type: "TEXT", nullable: true),
                    reply_address = table.Column<string>(type: "TEXT", nullable: false),
                    reply_request_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    lease_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    may_join_cohort = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lock_waiters", x => new { x.lock_id, x.ticket });
                });

            migrationBuilder.CreateTable(
                name: "locks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    last_fence = table.Column<long>(type: "INTEGER", nullable: false),
                    last_ticket = table.Column<long>(type: "INTEGER", nullable: false),
                    holder_acquire_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    holder_owner = table.Column<string>(type: "TEXT", nullable: true),
                    holder_token = table.Column<string>(type: "TEXT", nullable: true),
                    holder_ttl = table.Column<long>(type: "INTEGER", nullable: true),
                    holder_granted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    holder_expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    holder_client_id = table.Column<string>(type: "TEXT", nullable: true),
                    holder_notify_address = table.Column<string>(type: "TEXT", nullable: true),
                    holder_notify_request_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    holder_lease_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    holder_released_at = table.Column<long>(type: "INTEGER", nullable: true),
                    holder_cohort = table.Column<byte[]>(type: "BLOB", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    expiry_token_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    ended = table.Column<byte[]>(type: "BLOB", nullable: true),
                    written_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_locks", x => x.id);
                    table.CheckConstraint("ck_locks_state", "(state = 'Free' AND holder_acquire_id IS NULL AND holder_released_at IS NULL) OR (state IN ('Offered', 'Held') AND holder_acquire_id IS NOT NULL AND holder_released_at IS NULL) OR (state = 'Cooling' AND holder_acquire_id IS NOT NULL AND holder_released_at IS NOT NULL)");
                });

            migrationBuilder.CreateIndex(
                name: "ix_leases_due_at",
                table: "leases",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_leases_ended_since",
                table: "leases",
                column: "written_at",
                filter: "state = 'Ended'");

            migrationBuilder.CreateIndex(
                name: "ix_lock_waiters_lease_id",
                table: "lock_waiters",
                columns: new[] { "lease_id", "lock_id" },
                filter: "lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_due_at",
                table: "locks",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_lease_id",
                table: "locks",
                columns: new[] { "holder_lease_id", "due_at" },
                filter: "holder_lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_idle_since",
                table: "locks",
                column: "written_at",
                filter: "state = 'Free'");

            migrationBuilder.CreateIndex(
                name: "ix_locks_key",
                table: "locks",
                column: "key");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "leases");

            migrationBuilder.DropTable(
                name: "lock_waiters");

            migrationBuilder.DropTable(
                name: "locks");
        }
    }
}
