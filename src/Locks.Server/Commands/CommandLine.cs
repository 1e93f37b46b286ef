using Locks.Server.Configuration;

namespace Locks.Server.Commands;

/// <summary>Finds out what is asked for, and turns what goes wrong into a message and an exit code.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Misused = 2;

    private const string Help =
        """
        Locks.Server [COMMAND] [--Locks:SETTING=VALUE ...]

        Without a command, runs a lock coordinator until it is stopped (SIGTERM, Ctrl+C). Without any setting either, it runs with a broker
        in its own memory and an SQLite file, and its log says where.

          demo      runs a server in its own memory, with a load to look at, and prints its address; --urls=http://127.0.0.1:PORT chooses
                    the port
          migrate   brings the store's tables to the form that this version needs, and the database into being where it is missing;
                    needs no broker
          health    asks the server in this container or on this machine for /health/ready; exits with 0 when it is ready, else with 1
          --help    shows this

        Settings come from appsettings.json beside the program, the environment (Locks__Broker) and the command line (--Locks:Broker=...),
        the last of them winning:

          Broker             amqp://user:password@host:5672/virtual-host, amqps://..., or inmemory to try the server out
          BrokerTls:AuthorityFile, BrokerTls:CertificateFile, BrokerTls:KeyFile (PEM), BrokerTls:ServerName, BrokerTls:SignInWithCertificate
                             with amqps: who is trusted, and what the server shows of itself
          Store              InMemory (locks are lost with the process), PostgreSql, SqlServer or Sqlite (a file for one server)
          ConnectionString   the database, for PostgreSql and SqlServer; for Sqlite the file (Locks/locks.db in the user's data folder)
          QueueName          the queue that is read (locks); coordinators that share it must share the store
          Admin:ReadKeys:NAME, Admin:WriteKeys:NAME   keys of operators for the admin API; without any, it serves this machine only
          Admin:WriteBurst, Admin:WritesPerMinute     how many writes each operator may make at once (10), and in a minute (60)
          Partitions, CachedLocks, ConcurrentRequests, SweepInterval, SweepGrace, IdleRetention, StoreRetryTimeout, Limits:ConfirmationWindow,
          Limits:MaxWaiters, Limits:AttemptsRemembered, Limits:AttemptMemory, Limits:MaxCohort   as the coordinator's options of the same names

        Exit codes: 0 done; 1 failed; 2 a wrong command or setting.
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (args.Any(argument => argument is "--help" or "-h" or "help"))
        {
            await output.WriteLineAsync(Help).ConfigureAwait(false);
            return Done;
        }

        // What starts with a dash or a slash is a setting.
        var command = args is [['-' or '/', ..], ..] or [] ? null : args[0];
        var settings = command is null ? args : args[1..];
        try
        {
            return command switch
            {
                null => await RunCommand.RunAsync(settings).ConfigureAwait(false),
                "demo" => await DemoCommand.RunAsync(settings, output).ConfigureAwait(false),
                "migrate" => await MigrateCommand.RunAsync(settings, output, errors).ConfigureAwait(false),
                "health" => await HealthCommand.RunAsync(settings, errors).ConfigureAwait(false),
                _ => throw new BadConfigurationException([$"There is no command '{command}'; Locks.Server --help shows those there are."]),
            };
        }
        catch (BadConfigurationException bad)
        {
            foreach (var problem in bad.Problems)
                await errors.WriteLineAsync($"Locks.Server: {problem}").ConfigureAwait(false);
            return Misused;
        }
    }
}
