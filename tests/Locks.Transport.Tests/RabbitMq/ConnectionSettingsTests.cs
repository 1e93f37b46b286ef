using System.Net.Security;
using System.Reflection;
using Locks.Transport.RabbitMq;
using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using RabbitMQ.Client;
using Xunit;

namespace Locks.Transport.Tests.RabbitMq;

/// <summary>What the product's own connection has in common with the application's, and what not.</summary>
public sealed class ConnectionSettingsTests
{
    private static readonly string[] Own =
    [
        nameof(RabbitMqHostSettings.Heartbeat),
        nameof(RabbitMqHostSettings.ClientProvidedName),
        nameof(RabbitMqHostSettings.PublisherConfirmation),
        nameof(RabbitMqHostSettings.BatchSettings),
    ];

    public static TheoryData<string> Shared =>
        [.. typeof(RabbitMqHostSettings).GetProperties().Select(property => property.Name).Except(Own)];

    [Theory]
    [MemberData(nameof(Shared))]
    public void EverythingThatLeadsToTheBroker_IsTheApplications(string property)
    {
        var asked = new List<string>();
        var settings = new ConnectionSettings(Settings.Of(member =>
        {
            asked.Add(member);
            return null;
        }));

        typeof(RabbitMqHostSettings).GetProperty(property)!.GetValue(settings);

        Assert.Equal([$"get_{property}"], asked);
    }

    [Fact]
    public async Task Credentials_AreRefreshedAsTheApplicationDoes()
    {
        var asked = new List<string>();
        var settings = new ConnectionSettings(Settings.Of(member =>
        {
            asked.Add(member);
            return Task.CompletedTask;
        }));

        await settings.Refresh(new ConnectionFactory());

        Assert.Equal([nameof(RabbitMqHostSettings.Refresh)], asked);
    }

    [Theory]
    [InlineData(true, "MassTransit's default")]
    [InlineData(false, "enforced")]
    [InlineData(false, "own check")]
    [InlineData(false, "without TLS")]
    public void AConnectionThatAcceptsAnyIssuer_IsKnown(bool expected, string how)
    {
        var host = new RabbitMqHostConfigurator("broker", "/");
        if (how != "without TLS")
        {
            host.UseSsl(ssl =>
            {
                if (how == "enforced")
                    ssl.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors);
                else if (how == "own check")
                    ssl.CertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None;
            });
        }

        Assert.Equal(expected, new ConnectionSettings(host.Settings).AcceptsAnyIssuer);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(3, 3)]
    [InlineData(60, 5)]
    public void TheHeartbeat_IsFiveSeconds_UnlessTheApplicationsIsShorter(int application, int expected)
    {
        var settings = new ConnectionSettings(Settings.Of(_ => TimeSpan.FromSeconds(application)));

        Assert.Equal(TimeSpan.FromSeconds(expected), settings.Heartbeat);
    }

    [Fact]
    public void TheName_SaysWhoseConnectionItIs_AndWhatFor() =>
        Assert.Equal("billing (locks)", new ConnectionSettings(Settings.Of(_ => "billing")).ClientProvidedName);

    [Fact]
    public void WhatIsSent_IsNeitherHeldBack_NorLeftUnconfirmed()
    {
        var settings = new ConnectionSettings(Settings.Of(_ => null));

        Assert.False(settings.BatchSettings.Enabled);
        Assert.True(settings.PublisherConfirmation);
    }

    /// <summary>Settings whose every member is answered by the test.</summary>
    public class Settings : DispatchProxy
    {
        private Func<string, object?> _answer = null!;

        public static RabbitMqHostSettings Of(Func<string, object?> answer)
        {
            var settings = Create<RabbitMqHostSettings, Settings>();
            ((Settings)(object)settings)._answer = answer;
            return settings;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var answer = _answer(targetMethod!.Name);
            var type = targetMethod.ReturnType;
            return answer ?? (type.IsValueType && type != typeof(void) ? Activator.CreateInstance(type) : null);
        }
    }
}
