using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Locks.Server.Configuration;
using Locks.Server.Health;
using Xunit;

namespace Locks.Server.Tests.Deployment;

/// <summary>The manifests in deploy/kubernetes, as far as that can be seen without a cluster.</summary>
public sealed class KubernetesTests : IDisposable
{
    private const string Folder = "deploy/kubernetes";

    private static readonly IReadOnlyList<Yaml> Coordinators = Yaml.Read($"{Folder}/coordinators.yaml");
    private static readonly Yaml Deployment = OfKind(Coordinators, "Deployment");
    private static readonly Yaml Pod = Deployment["spec", "template"];
    private static readonly Yaml Migration = OfKind(Yaml.Read($"{Folder}/migrate.yaml"), "Job");
    private static readonly IReadOnlyList<Yaml> Secrets = Yaml.Read($"{Folder}/secrets.example.yaml");

    private readonly string _authority = Path.GetTempFileName();

    public KubernetesTests()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now, now.AddHours(1));
        File.WriteAllText(_authority, certificate.ExportCertificatePem());
    }

    public void Dispose() => File.Delete(_authority);

    [Fact]
    public void TheSettingsOfACoordinator_AreThoseThatItTakes()
    {
        var settings = DeployedSettings.Read(EnvironmentOf(Pod["spec"]), needsBroker: true);

        Assert.Equal(StoreKind.PostgreSql, settings.Store);
        Assert.NotNull(settings.BrokerTls?.Authorities);
        Assert.Contains("SSL Mode=VerifyFull", settings.ConnectionString, StringComparison.Ordinal);
        Assert.Single(settings.Admin.ReadKeys);
        Assert.Single(settings.Admin.WriteKeys);
        Assert.InRange(Deployment["spec", "replicas"].Number, 2, settings.Coordinator.Partitions);
    }

    [Fact]
    public void TheMigration_TakesItsSettings_AndIsACommand()
    {
        var pod = Migration["spec", "template", "spec"];

        Assert.Equal(StoreKind.PostgreSql, DeployedSettings.Read(EnvironmentOf(pod), needsBroker: false).Store);
        Assert.Equal("migrate", Assert.Single(pod["containers", 0, "args"].Items).Text);
        Assert.Equal("Never", pod["restartPolicy"].Text);
    }

    [Theory]
    [InlineData("startupProbe", HealthEndpoints.LivePath)]
    [InlineData("livenessProbe", HealthEndpoints.LivePath)]
    [InlineData("readinessProbe", HealthEndpoints.ReadyPath)]
    public void AProbe_AsksWhatTheServerAnswers(string probe, string path)
    {
        var container = Pod["spec", "containers", 0];
        var asked = container[probe, "httpGet"];

        Assert.Equal(path, asked["path"].Text);
        var port = Assert.Single(container["ports"].Items);
        Assert.Equal(port["name"].Text, asked["port"].Text);
        Assert.Equal("8080", port["containerPort"].Text);
        // Each check has 3 s, and they run side by side.
        Assert.True(probe == "startupProbe" || container[probe, "timeoutSeconds"].Number > 3);
    }

    [Fact]
    public void APod_HasTheTimeThatTheServerTakesToEnd() => Assert.True(
        TimeSpan.FromSeconds(Pod["spec", "terminationGracePeriodSeconds"].Number) > ServerHost.LongestEnd);

    [Fact]
    public void OneCoordinator_IsLeftWhenNodesAreDrained_AndNoneIsMissingInARollOut()
    {
        var budget = OfKind(Coordinators, "PodDisruptionBudget")["spec"];

        Assert.Equal(1, budget["minAvailable"].Number);
        Assert.True(Deployment["spec", "replicas"].Number > budget["minAvailable"].Number);
        Assert.Equal(0, Deployment["spec", "strategy", "rollingUpdate", "maxUnavailable"].Number);
    }

    [Fact]
    public void WhatSelectsThePods_SelectsThem()
    {
        const string Label = "app.kubernetes.io/name";
        var label = Pod["metadata", "labels", Label].Text;
        var monitor = OfKind(Yaml.Read($"{Folder}/servicemonitor.yaml"), "ServiceMonitor");
        var service = OfKind(Coordinators, "Service");

        Assert.NotEmpty(label);
        Assert.Equal(label, Deployment["spec", "selector", "matchLabels", Label].Text);
        Assert.Equal(label, OfKind(Coordinators, "PodDisruptionBudget")["spec", "selector", "matchLabels", Label].Text);
        Assert.Equal(label, service["spec", "selector", Label].Text);
        Assert.Equal(label, Pod["spec", "topologySpreadConstraints", 0, "labelSelector", "matchLabels", Label].Text);
        Assert.Equal(service["metadata", "labels", Label].Text, monitor["spec", "selector", "matchLabels", Label].Text);
        Assert.Equal(service["spec", "ports", 0, "name"].Text, monitor["spec", "endpoints", 0, "port"].Text);
        var credentials = monitor["spec", "endpoints", 0, "authorization", "credentials"];
        Assert.NotEmpty(SecretValue(credentials["name"].Text, credentials["key"].Text));
    }

    [Fact]
    public void EveryPod_RunsWithoutRoot_FromFilesThatItCannotChange()
    {
        foreach (var pod in new[] { Pod["spec"], Migration["spec", "template", "spec"] })
        {
            var (own, container) = (pod["securityContext"], pod["containers", 0]);
            Assert.Equal("true", own["runAsNonRoot"].Text);
            Assert.NotEqual(0, own["runAsUser"].Number);
            Assert.Equal("RuntimeDefault", own["seccompProfile", "type"].Text);
            Assert.Equal("false", pod["automountServiceAccountToken"].Text);
            Assert.Equal("true", container["securityContext", "readOnlyRootFilesystem"].Text);
            Assert.Equal("false", container["securityContext", "allowPrivilegeEscalation"].Text);
            Assert.Equal("ALL", Assert.Single(container["securityContext", "capabilities", "drop"].Items).Text);
            Assert.True(container["resources", "requests", "cpu"].Exists && container["resources", "limits", "memory"].Exists);
            Assert.Matches(@":\d+\.\d+\.\d+$", container["image"].Text);
        }
    }

    [Fact]
    public void EveryMountedVolume_Exists_AndEverySecretOfOne()
    {
        foreach (var pod in new[] { Pod["spec"], Migration["spec", "template", "spec"] })
        {
            var volumes = pod["volumes"].Items.ToDictionary(volume => volume["name"].Text);
            Assert.All(pod["containers", 0, "volumeMounts"].Items, mount => Assert.Contains(mount["name"].Text, volumes.Keys));
            Assert.NotEmpty(SecretValue(volumes["tls"]["secret", "secretName"].Text, "ca.crt"));
        }
    }

    [Fact]
    public void Kustomize_TakesTheFilesThatThereAre_WithTheImageThatTheyName()
    {
        var kustomization = Assert.Single(Yaml.Read($"{Folder}/kustomization.yaml"));

        Assert.All(kustomization["resources"].Items, file => Assert.NotEmpty(Yaml.Read($"{Folder}/{file.Text}")));
        var image = kustomization["images", 0];
        Assert.Equal($"{image["name"].Text}:{image["newTag"].Text}", Pod["spec", "containers", 0, "image"].Text);
    }

    private static Yaml OfKind(IEnumerable<Yaml> documents, string kind) => documents.Single(document => document["kind"].Text == kind);

    private static string SecretValue(string name, string key) =>
        Secrets.Single(secret => secret["metadata", "name"].Text == name)["stringData", key].Text;

    /// <summary>The first container's environment, with the secrets of the example, and a file for the mounted authority.</summary>
    private IEnumerable<(string Name, string Value)> EnvironmentOf(Yaml pod) => pod["containers", 0, "env"].Items.Select(variable =>
    {
        var secret = variable["valueFrom", "secretKeyRef"];
        var value = secret.Exists ? SecretValue(secret["name"].Text, secret["key"].Text) : variable["value"].Text;
        return (variable["name"].Text, value == "/etc/locks/tls/ca.crt" ? _authority : value);
    });
}
