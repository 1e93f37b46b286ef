using System.Globalization;
using System.Text.RegularExpressions;
using Locks.Server.Configuration;
using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests.Deployment;

/// <summary>docker-compose.yml, as far as that can be seen without containers.</summary>
public sealed partial class ComposeTests
{
    private static readonly Yaml File = Assert.Single(Yaml.Read("docker-compose.yml"));

    private static readonly Dictionary<string, Yaml> Services = File["services"].Entries.ToDictionary(entry => entry.Key, entry => entry.Value);

    public static TheoryData<string> Servers => [.. Services.Where(service => service.Value["build"].Exists).Select(service => service.Key)];

    private static IEnumerable<string> Coordinators => Services.Keys.Where(name => name.Contains("coordinator", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Servers))]
    public void TheSettingsOfEachServer_AreThoseThatItTakes(string name)
    {
        var settings = DeployedSettings.Read(EnvironmentOf(name), needsBroker: !IsMigration(name));

        Assert.Contains(settings.Store, new[] { StoreKind.SqlServer, StoreKind.PostgreSql });
        Assert.Single(settings.Admin.WriteKeys);
    }

    [Fact]
    public void OnEachStore_TwoCoordinatorsShareAVirtualHost_AndNoOtherStoreDoes()
    {
        var stores = Coordinators.Select(name => DeployedSettings.Read(EnvironmentOf(name), needsBroker: true))
            .GroupBy(settings => settings.ConnectionString)
            .ToList();

        Assert.Equal(2, stores.Count);
        Assert.All(stores, store => Assert.Equal(2, store.Count()));
        Assert.All(stores, store => Assert.Single(store.Select(settings => settings.Broker!.VirtualHost).Distinct()));
        Assert.Equal(2, stores.Select(store => store.First().Broker!.VirtualHost).Distinct().Count());
    }

    [Fact]
    public void EveryServer_IsBuiltFromItsDockerfile_AndRunsACommandThatThereIs()
    {
        foreach (var name in Servers.Select(row => row.Data))
        {
            var build = Services[name]["build"];
            Assert.True(System.IO.File.Exists(Repository.PathOf($"{build["context"].Text}/{build["dockerfile"].Text}")), name);
            Assert.Equal(IsMigration(name) ? ["migrate"] : [], Services[name]["command"].Items.Select(word => word.Text));
            if (!IsMigration(name))
            {
                Assert.Equal(
                    ["CMD", "dotnet", "Locks.Server.dll", "health"], Services[name]["healthcheck", "test"].Items.Select(word => word.Text));
            }
        }
    }

    [Fact]
    public void ACoordinator_HasTheTimeThatItTakesToEnd() => Assert.All(
        Coordinators,
        name => Assert.True(Seconds(Services[name]["stop_grace_period"].Text) > ServerHost.LongestEnd, name));

    [Fact]
    public void EveryPort_IsPublishedOnLoopbackOnly()
    {
        var ports = Services.Values.SelectMany(service => service["ports"].Items).Select(port => port.Text).ToList();

        Assert.InRange(ports.Count, 9, int.MaxValue);
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.Equal(ports.Count, ports.Select(port => port.Split(':')[1]).Distinct().Count());
        Assert.All(Coordinators, name => Assert.EndsWith(":8080", Assert.Single(Services[name]["ports"].Items).Text, StringComparison.Ordinal));
        Assert.Contains("ASPNETCORE_HTTP_PORTS=8080", System.IO.File.ReadAllText(Repository.PathOf("src/Locks.Server/Dockerfile")), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryImage_HasAVersion() => Assert.All(
        Services.Values.Where(service => !service["build"].Exists), service => Assert.Matches(@":v?\d+[.\w-]+$", service["image"].Text));

    [Fact]
    public void WhatAServiceDependsOn_Exists_AndCanBeWaitedFor()
    {
        foreach (var (name, service) in Services)
        {
            foreach (var (needed, how) in service["depends_on"].Entries)
            {
                Assert.Contains(needed, Services.Keys);
                if (how["condition"].Text == "service_healthy")
                    Assert.True(Services[needed]["healthcheck", "test"].Exists, $"{name} waits for {needed}, which has no health check.");
            }
        }
    }

    [Fact]
    public void Prometheus_ScrapesTheCoordinators_WithAKeyThatTheyTake()
    {
        var scraped = Assert.Single(Assert.Single(Yaml.Read("deploy/prometheus/prometheus.yml"))["scrape_configs"].Items);
        var mounted = Assert.Single(Services["prometheus"]["configs"].Items);

        Assert.Equal("/metrics", scraped["metrics_path"].Text);
        Assert.Equal(mounted["target"].Text, scraped["authorization", "credentials_file"].Text);
        var key = Defaults(File["configs", mounted["source"].Text, "content"].Text);
        Assert.All(Coordinators, name => Assert.Contains(
            key, DeployedSettings.Read(EnvironmentOf(name), needsBroker: true).Admin.ReadKeys.Values));
        var found = Assert.Single(scraped["dns_sd_configs"].Items);
        Assert.Equal("8080", found["port"].Text);
        Assert.All(Coordinators, name => Assert.Contains(
            found["names", 0].Text, Services[name]["networks", "default", "aliases"].Items.Select(alias => alias.Text)));
        Assert.Contains("./deploy/prometheus:/etc/prometheus:ro", Services["prometheus"]["volumes"].Items.Select(volume => volume.Text));
    }

    private static bool IsMigration(string name) => name.EndsWith("migrate", StringComparison.Ordinal);

    private static IEnumerable<(string Name, string Value)> EnvironmentOf(string name) =>
        Services[name]["environment"].Entries.Select(variable => (variable.Key, Defaults(variable.Value.Text)));

    /// <summary>The text with the defaults of its variables, where none is set.</summary>
    private static string Defaults(string text) => Variable().Replace(text, "$1");

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\$\{\w+:-([^}]*)\}")]
    private static partial Regex Variable();
}
