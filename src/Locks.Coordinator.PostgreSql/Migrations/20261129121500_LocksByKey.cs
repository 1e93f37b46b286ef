using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Locks.Coordinator.PostgreSql.Migrations
{
    /// <inheritdoc />
    internal partial class LocksByKey : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "key",
                schema: "locks",
                table: "locks",
                type: "text",
                nullable: false,
                collation: "C",
                oldClrType: typeof(string),
                oldType: "text");

            migrationBuilder.CreateIndex(
                name: "ix_locks_key",
                schema: "locks",
                table: "locks",
                column: "key");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_locks_key",
                schema: "locks",
                table: "locks");

            migrationBuilder.AlterColumn<string>(
                name: "key",
                schema: "locks",
                table: "locks",
                type: "text",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "text",
                oldCollation: "C");
        }
    }
}
