using Locks.Server.Configuration;
using Microsoft.Extensions.Configuration;

namespace Locks.Server.Tests.Deployment;

/// <summary>Reads the settings of a container as the server in it would.</summary>
internal static class DeployedSettings
{
    /// <param name="environment">The container's environment.</param>
    /// <param name="needsBroker">Whether the server runs, and does not migrate.</param>
    /// <exception cref="BadConfigurationException">The server would refuse them.</exception>
    public static ServerSettings Read(IEnumerable<(string Name, string Value)> environment, bool needsBroker) => ServerSettings.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(environment.Select(variable =>
                KeyValuePair.Create(variable.Name.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)))
            .Build(),
        needsBroker);
}
