using Locks.Contracts;
using Locks.Transport;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>
/// Collects what is known about requests that are not answered, and tells it to the caller who gives up: which of several causes it has,
/// and what to do. Requests wait on meanwhile, since most causes pass.
/// </summary>
internal sealed class MissingAnswers(
    IBus bus, BusLifecycle lifecycle, LockTransport transport, TimeProvider time, LockClientOptions options)
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task _look = Task.CompletedTask;
    private volatile Noted<CoordinatorProblem>? _problem;
    private volatile Noted<Exception>? _fault;
    private volatile Noted<int?>? _readers;

    /// <summary>A coordinator has told what it has trouble with.</summary>
    public void OnProblem(CoordinatorProblem problem) => _problem = Note(problem);

    /// <summary>The endpoint for replies could not be opened, or was lost.</summary>
    public void OnFaulted(Exception exception) => _fault = Note(exception);

    /// <summary>Has the broker asked who reads the coordinator's queue, unless that was done just now.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (_look.IsCompleted && (_readers is not { } last || time.GetElapsedTime(last.At) >= LookPause))
                _look = DetachedContext.Run(() => Task.Run(LookAsync));
        }
    }

    /// <summary>What the caller is told.</summary>
    /// <param name="deadline">The time that the request had.</param>
    /// <param name="begun">The timestamp of its begin. What is older says nothing about it.</param>
    /// <param name="isConnected">Whether replies can arrive.</param>
    /// <param name="sendError">Why the request could not be sent, if it could not.</param>
    public LockUnavailableException Explain(Deadline deadline, long begun, bool isConnected, Exception? sendError)
    {
        var fault = _fault is { } noted && (!isConnected || noted.At >= begun) ? noted.What : null;
        var cause = Cause(begun, isConnected && transport.IsConnected, fault, sendError);
        return new LockUnavailableException(
            $"No lock coordinator answered on '{options.QueueName}' within {deadline.Length:c}. {cause}", sendError ?? fault);
    }

    private string Cause(long begun, bool isConnected, Exception? fault, Exception? sendError)
    {
        if (!lifecycle.IsStarting(bus))
            return "The bus has not been started: start the host, or the bus, before a lock is asked for.";
        // Without the endpoint for replies nothing is sent, so the refusal may be behind a send that took too long.
        if ((Refusal(sendError) ?? Refusal(fault)) is { } refusal)
            return refusal;
        if (!isConnected)
        {
            return $"This process has no connection to the broker at {bus.Address.Scheme}://{bus.Address.Authority}"
                + (fault is null ? "." : $" ({fault.GetBaseException().Message}).")
                + " Check that the broker runs, and the address and the credentials of the bus.";
        }

        if (sendError is not null)
            return $"The last attempt to send failed: {sendError.Message}";
        if (_problem is { } problem && problem.At >= begun)
            return Cause(problem.What);
        return _readers is { What: { } readers } look && look.At >= begun ? Cause(readers) : "Is one running on this broker?";
    }

    private string? Refusal(Exception? error) =>
        error is null ? null : transport.ExplainRefusal(error, LockRole.Client, options.QueueName);

    private string Cause(CoordinatorProblem problem) => problem.Kind switch
    {
        ProblemKinds.Store =>
            $"One has the request, but its store is not available: {problem.Detail}. It serves requests again when the store does. "
            + "Check the database, and the coordinator's log.",
        ProblemKinds.Unreadable =>
            $"One received the request and could not read it: {problem.Detail}. Check that client and coordinator run compatible versions. "
            + $"The message is in '{options.QueueName}_error'.",
        _ =>
            $"One received the request, and it failed before it was served: {problem.Detail}. "
            + $"The coordinator's log and '{options.QueueName}_error' have the rest.",
    };

    private string Cause(int readers) => readers == 0
        ? $"None reads '{options.QueueName}' on this broker: start one, or check QueueName and the virtual host on both sides. One that waits "
            + "for its store does not read yet; its log says so."
        : $"{readers} of them read '{options.QueueName}': look whether they are overloaded or hang, in their logs and in the queue's length.";

    private async Task LookAsync()
    {
        using var limit = new CancellationTokenSource(LookTimeout, time);
        _readers = Note(await transport.CountReadersAsync(options.QueueName, limit.Token).ConfigureAwait(false));
    }

    private Noted<T> Note<T>(T what) => new(what, time.GetTimestamp());

    private sealed record Noted<T>(T What, long At);
}
