using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Locks.Storage.Relational;

/// <summary>Registers a relational store.</summary>
internal static class RelationalStore
{
    /// <summary>
    /// Registers a store in place of any that was chosen before, with its tables, its contexts and its health check. The coordinator's clock
    /// is that of the database, if <typeparamref name="TDatabase"/> is an <see cref="IStoreTime"/>; otherwise it is that of its machine.
    /// </summary>
    /// <param name="services">The coordinator's services.</param>
    /// <param name="database">Makes the database.</param>
    /// <param name="context">Makes a context to read with.</param>
    public static void Register<TDatabase, TStore, TSchema>(
        IServiceCollection services, Func<IServiceProvider, TDatabase> database, Func<TDatabase, LocksDbContext> context)
        where TDatabase : class
        where TStore : class, ILockStore
        where TSchema : class, ILockSchema
    {
        services.Replace(ServiceDescriptor.Singleton(database));
        services.Replace(ServiceDescriptor.Singleton<ILockStore, TStore>());
        services.Replace(ServiceDescriptor.Singleton<ILockSchema, TSchema>());
        services.Replace(ServiceDescriptor.Singleton<IDbContextFactory<LocksDbContext>>(
            provider => new Contexts(() => context(provider.GetRequiredService<TDatabase>()))));
        if (typeof(TDatabase).IsAssignableTo(typeof(IStoreTime)))
            services.Replace(ServiceDescriptor.Singleton(provider => (IStoreTime)provider.GetRequiredService<TDatabase>()));
        else
            services.RemoveAll<IStoreTime>();
        LockStoreHealthCheck.Register(services);
    }

    private sealed class Contexts(Func<LocksDbContext> create) : IDbContextFactory<LocksDbContext>
    {
        public LocksDbContext CreateDbContext() => create();
    }
}
