using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.SqlServer.Migrations
{
    /// <inheritdoc />
    internal partial class SharedLeases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "holder_released_at",
                schema: "locks",
                table: "locks",
                type: "datetimeoffset(6)",
                precision: 6,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "holder_shared_lease_id",
                schema: "locks",
                table: "locks",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "holder_tell_address",
                schema: "locks",
                table: "locks",
                type: "nvarchar(max)",
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<Guid>(
                name: "holder_tell_request_id",
                schema: "locks",
                table: "locks",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "shared_lease_id",
                schema: "locks",
                table: "lock_waiters",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "leases",
                schema: "locks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    state = table.Column<string>(type: "varchar(8)", unicode: false, maxLength: 8, nullable: false, collation: "Latin1_General_100_BIN2"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    owner = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: true, collation: "Latin1_General_100_BIN2"),
                    client_id = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: true, collation: "Latin1_General_100_BIN2"),
                    ttl = table.Column<long>(type: "bigint", nullable: true),
                    granted_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "datetimeoffset(6)", precision: 6, nullable: true),
                    tell_address = table.Column<string>(type: "nvarchar(max)", nullable: true, collation: "Latin1_General_100_BIN2"),
                    tell_request_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
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

            migrationBuilder.CreateIndex(
                name: "ix_locks_holder_shared_lease_id",
                schema: "locks",
                table: "locks",
                columns: new[] { "holder_shared_lease_id", "due_at" },
                filter: "holder_shared_lease_id IS NOT NULL");

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "leases",
                schema: "locks");

            migrationBuilder.DropIndex(
                name: "ix_locks_holder_shared_lease_id",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "holder_released_at",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "holder_shared_lease_id",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "holder_tell_address",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "holder_tell_request_id",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "shared_lease_id",
                schema: "locks",
                table: "lock_waiters");
        }
    }
}
