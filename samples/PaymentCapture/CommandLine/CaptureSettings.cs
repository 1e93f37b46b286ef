using PaymentCapture.Payments;

namespace PaymentCapture.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Workload">The messages.</param>
/// <param name="Concurrency">Messages consumed at the same time in each process.</param>
/// <param name="Guard">What guards them.</param>
/// <param name="Role">What this process is, if not everything.</param>
/// <param name="Processes">How many consumer processes to start.</param>
/// <param name="Servers">The broker and database that processes share.</param>
/// <param name="Run">The name of the run, in the names of its queues and in its records.</param>
/// <param name="EndsWithInput">Whether this process ends when its standard input does.</param>
internal sealed record CaptureSettings(
    Workload Workload,
    int Concurrency,
    Guard Guard,
    Role? Role,
    int? Processes,
    Servers? Servers,
    string Run,
    bool EndsWithInput);
