using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Npgsql;
using Samples.Hosting;
using Samples.Running;

namespace Samples.CommandLine;

/// <summary>Options that several samples have, and the checks of their values.</summary>
public static class SharedOptions
{
    /// <summary>The RabbitMQ that processes share.</summary>
    public static Option<string?> Broker()
    {
        var option = new Option<string?>("--broker") { Description = "The RabbitMQ that processes share", HelpName = "amqp://…" };
        Refuse(option, text => IsBroker(text) ? null : $"--broker must be like amqp://user:password@host:5672/, not '{text}'.");
        return option;
    }

    /// <summary>The PostgreSQL database that processes share.</summary>
    public static Option<string?> Store()
    {
        var option = new Option<string?>("--store") { Description = "The PostgreSQL database that processes share", HelpName = "Host=…" };
        Refuse(option, text => IsConnectionString(text) ? null : "--store must be like Host=localhost;Username=…;Password=…;Database=….");
        return option;
    }

    /// <summary>Whether this process ends when its standard input does: for processes that a sample starts.</summary>
    public static Option<bool> EndsWithInput() => new("--ends-with-input") { Hidden = true };

    /// <summary>The broker and the database, if the command line names both.</summary>
    public static Servers? ServersOf(ParseResult result, Option<string?> broker, Option<string?> store) =>
        result.GetValue(broker) is { } address && result.GetValue(store) is { } connection ? new Servers(new Uri(address), connection) : null;

    /// <summary>A name that the processes of one run have in common: for processes that a sample starts.</summary>
    public static Option<string> Run() => new("--run") { Hidden = true, DefaultValueFactory = _ => RunName.New(TimeProvider.System) };

    /// <summary>What is wrong with the broker and the database of a command line, or <see langword="null"/> if nothing is.</summary>
    public static string? CheckServers(ParseResult result, Option<string?> broker, Option<string?> store) =>
        result.GetValue(broker) is null == result.GetValue(store) is null ? null : "--broker and --store go together: give both, or none.";

    /// <summary>Refuses values of an option that is on the command line.</summary>
    /// <param name="option">The option.</param>
    /// <param name="check">Says what is wrong with a value, or <see langword="null"/> if nothing is.</param>
    public static void Refuse<T>(Option<T> option, Func<T, string?> check) =>
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && check(result.GetValueOrDefault<T>()!) is { } problem)
                result.AddError(problem);
        });

    /// <summary>Parses a whole number within limits.</summary>
    public static int Count(ArgumentResult result, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= most)
            return count;

        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be {least} to {most}, not '{text}'.");
        return 0;
    }

    private static bool IsBroker(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "amqp" or "amqps" };

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
