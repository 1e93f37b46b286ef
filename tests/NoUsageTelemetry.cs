using System.Runtime.CompilerServices;

namespace Locks.TestKit;

/// <summary>
/// Switches MassTransit's usage reports off in this test process and in every process that it starts. The project file of each test project
/// compiles this in: a setting made later than the assembly's start would miss a bus.
/// </summary>
internal static class NoUsageTelemetry
{
#pragma warning disable CA2255 // A module initializer is the one place that comes before every test.
    [ModuleInitializer]
    internal static void SwitchOff() => Environment.SetEnvironmentVariable("MASSTRANSIT_USAGE_TELEMETRY", "false");
#pragma warning restore CA2255
}
