using System.Reflection;
using System.Runtime.InteropServices;
using Medallion.Threading.Postgres;
using Medallion.Threading.Redis;

namespace Locks.Benchmarks.Report;

/// <summary>Where and with what the figures were found.</summary>
internal sealed record Machine(
    DateTimeOffset At, string Processor, int Processors, string System, string Runtime, string LoadAverage, IReadOnlyDictionary<string, string> Libraries)
{
    public static Machine Look() => new(
        TimeProvider.System.GetUtcNow(),
        ReadLine("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "unknown",
        new Dictionary<string, string>
        {
            ["Locks.Client"] = VersionOf(typeof(Client.ILockClient)),
            ["MassTransit"] = VersionOf(typeof(MassTransit.IBus)),
            ["RabbitMQ.Client"] = VersionOf(typeof(RabbitMQ.Client.IConnection)),
            ["Npgsql"] = VersionOf(typeof(Npgsql.NpgsqlConnection)),
            ["DistributedLock.Postgres"] = VersionOf(typeof(PostgresDistributedLock)),
            ["DistributedLock.Redis"] = VersionOf(typeof(RedisDistributedLock)),
            ["StackExchange.Redis"] = VersionOf(typeof(StackExchange.Redis.ConnectionMultiplexer)),
            ["dotnet-etcd"] = VersionOf(typeof(dotnet_etcd.EtcdClient)),
        });

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string? ReadLine(string file, string name) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
            : null;
}
