using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.PostgreSql.Migrations
{
    /// <inheritdoc />
    internal partial class Runs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "holder_cohort",
                schema: "locks",
                table: "locks",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "may_join_cohort",
                schema: "locks",
                table: "lock_waiters",
                type: "boolean",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "holder_cohort",
                schema: "locks",
                table: "locks");

            migrationBuilder.DropColumn(
                name: "may_join_cohort",
                schema: "locks",
                table: "lock_waiters");
        }
    }
}
