using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.SqlServer.Migrations
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
                type: "varbinary(max)",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "may_join_cohort",
                schema: "locks",
                table: "lock_waiters",
                type: "bit",
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
