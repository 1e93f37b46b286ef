using System.Data;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>The parameters of the batches.</summary>
internal static class BatchParameters
{
    // A statement whose text parameters have the same declared length every time has one plan.
    private const int Unlimited = -1;

    public static SqlParameter Json(string name, string json) => new(name, SqlDbType.NVarChar, Unlimited) { Value = json };

    public static SqlParameter Id(string name, Guid id) => new(name, SqlDbType.UniqueIdentifier) { Value = id };

    public static SqlParameter Number(string name, int number) => new(name, SqlDbType.Int) { Value = number };

    /// <summary>A moment, no finer than the column it is compared with.</summary>
    public static SqlParameter Time(string name, DateTimeOffset time) =>
        new(name, SqlDbType.DateTimeOffset) { Scale = SqlServerColumns.TimePrecision, Value = time.ToUniversalTime() };
}
