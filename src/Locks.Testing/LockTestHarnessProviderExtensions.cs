using Microsoft.Extensions.DependencyInjection;

namespace Locks.Testing;

/// <summary>The way to the harness.</summary>
public static class LockTestHarnessProviderExtensions
{
    /// <summary>The lock test harness of an application, beside MassTransit's <c>GetTestHarness</c>.</summary>
    /// <param name="provider">The application's services.</param>
    /// <exception cref="InvalidOperationException">The application has none: call <c>AddLockTestHarness</c>.</exception>
    public static ILockTestHarness GetLockTestHarness(this IServiceProvider provider) => provider.GetRequiredService<ILockTestHarness>();
}
