using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.SqlServer.Migrations
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
                    lock_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    ticket = table.Column<long>(type: "bigint", nullable: false),
                    acquire_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    owner = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false, collation: "Latin1_General_100_BIN2"),
                    lease = table.Column<long>(type: "bigint", nullable: false),
                    queued_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: false),
                    deadline = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: false),
                    client_id = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    reply_address = table.Column<string>(type: "nvarchar(max)", nullable: false, collation: "Latin1_General_100_BIN2"),
                    reply_request_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    token = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: false, collation: "Latin1_General_100_BIN2")
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
                    key = table.Column<string>(type: "nvarchar(512)", maxLength: 512, nullable: false, collation: "Latin1_General_100_BIN2"),
                    state = table.Column<string>(type: "varchar(8)", unicode: false, maxLength: 8, nullable: false, collation: "Latin1_General_100_BIN2"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    last_fence = table.Column<long>(type: "bigint", nullable: false),
                    last_ticket = table.Column<long>(type: "bigint", nullable: false),
                    holder_acquire_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    holder_owner = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: true, collation: "Latin1_General_100_BIN2"),
                    holder_lease = table.Column<long>(type: "bigint", nullable: true),
                    holder_granted_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    holder_expires_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    holder_confirmed = table.Column<bool>(type: "bit", nullable: true),
                    holder_client_id = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    due_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    expiry_token_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    written_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: false),
                    ended = table.Column<byte[]>(type: "varbinary(max)", nullable: true),
                    holder_token = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2")
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
