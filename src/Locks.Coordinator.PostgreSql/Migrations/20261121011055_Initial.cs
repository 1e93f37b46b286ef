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
                name: "lock_waiters",
                schema: "locks",
                columns: table => new
                {
                    lock_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ticket = table.Column<long>(type: "bigint", nullable: false),
                    acquire_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    lease = table.Column<long>(type: "bigint", nullable: false),
                    queued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deadline = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    client_id = table.Column<string>(type: "text", nullable: true),
                    reply_address = table.Column<string>(type: "text", nullable: false),
                    reply_request_id = table.Column<Guid>(type: "uuid", nullable: true),
                    token = table.Column<string>(type: "text", nullable: false)
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
                    key = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    last_fence = table.Column<long>(type: "bigint", nullable: false),
                    last_ticket = table.Column<long>(type: "bigint", nullable: false),
                    holder_acquire_id = table.Column<Guid>(type: "uuid", nullable: true),
                    holder_owner = table.Column<string>(type: "text", nullable: true),
                    holder_lease = table.Column<long>(type: "bigint", nullable: true),
                    holder_granted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    holder_expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    holder_confirmed = table.Column<bool>(type: "boolean", nullable: true),
                    holder_client_id = table.Column<string>(type: "text", nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    expiry_token_id = table.Column<Guid>(type: "uuid", nullable: true),
                    written_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended = table.Column<byte[]>(type: "bytea", nullable: true),
                    holder_token = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_locks", x => x.id);
                    table.CheckConstraint("ck_locks_state", "(state = 'Held' AND holder_acquire_id IS NOT NULL) OR (state = 'Free' AND holder_acquire_id IS NULL)");
                });

            migrationBuilder.CreateIndex(
                name: "ix_locks_due_at",
                schema: "locks",
                table: "locks",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_locks_idle_since",
                schema: "locks",
                table: "locks",
                column: "written_at",
                filter: "state = 'Free'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "lock_waiters",
                schema: "locks");

            migrationBuilder.DropTable(
                name: "locks",
                schema: "locks");
        }
    }
}
