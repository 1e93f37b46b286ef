using Locks.Coordinator.Hosting;

namespace Locks.Server.Configuration;

/// <summary>Gives the coordinator the configured store.</summary>
internal static class StoreSelection
{
    public static LockCoordinatorBuilder UseStore(this LockCoordinatorBuilder coordinator, ServerSettings settings) => settings.Store switch
    {
        StoreKind.PostgreSql => coordinator.UsePostgreSql(settings.ConnectionString!),
        StoreKind.SqlServer => coordinator.UseSqlServer(settings.ConnectionString!),
        StoreKind.Sqlite => coordinator.UseSqlite(settings.ConnectionString!),
        _ => coordinator,
    };
}
