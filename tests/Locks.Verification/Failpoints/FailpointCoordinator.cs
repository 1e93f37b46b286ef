using System.Globalization;
using Locks.Server;
using Locks.Server.Commands;
using Locks.Transport.Isolation;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Verification.Failpoints;

/// <summary>The server as it is, with failpoints, which are nowhere in it: it runs until it comes to one of them for the last time.</summary>
internal static class FailpointCoordinator
{
    /// <summary>What the command begins with.</summary>
    public const string Role = "coordinator";

    /// <summary>The arguments of the program. The server's settings are in the environment.</summary>
    public static IEnumerable<string> ToArguments(Failpoint point, int times) =>
        [Role, $"{point}", times.ToString(CultureInfo.InvariantCulture)];

    public static Task<int> RunAsync(string[] arguments)
    {
        var fuse = new Fuse(Enum.Parse<Failpoint>(arguments[1]), int.Parse(arguments[2], CultureInfo.InvariantCulture));
        var app = ServerHost.Build([], configure: services =>
        {
            FailpointStore.Wrap(services, fuse);
            services.AddSingleton<IConfigureIsolatedPipe>(new ReplyFailpoint(fuse));
        });
        return RunCommand.RunAsync(app, static () => Task.CompletedTask);
    }
}
