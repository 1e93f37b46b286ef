using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Cli;

/// <summary>A coordinator behind RabbitMQ, and what the tool is told of it.</summary>
public sealed class ToolFixture : IAsyncLifetime
{
    private readonly RabbitMqLockFixture _locks = new();

    /// <summary>A client beside the tool.</summary>
    public ILockClient Client { get; private set; } = null!;

    /// <summary>The environment of the tool.</summary>
    public Dictionary<string, string> Variables => new()
    {
        ["LOCKS_BROKER"] = TestServices.RabbitMq.ToString(),
        ["LOCKS_QUEUE"] = _locks.QueueName,
    };

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await _locks.StartAsync();
        Client = _locks.NewClient();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _locks.DisposeAsync();

    /// <summary>Starts the tool.</summary>
    internal ToolProcess Start(params string[] arguments) => ToolProcess.Start(Variables, arguments);

    /// <summary>Starts the tool on a terminal of its own.</summary>
    internal ToolProcess StartOnTerminal(string arguments) => ToolProcess.StartOnTerminal(Variables, arguments);
}
