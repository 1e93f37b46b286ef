using Locks.Client;
using Locks.Histories.Records;
using Npgsql;

namespace Locks.Verification.Clients;

/// <summary>Records calls: each one's beginning before anything is sent, and its answer.</summary>
internal sealed class CallRecorder(HistoryWriter history)
{
    /// <summary>The process's name.</summary>
    public string Process => history.Process;

    /// <summary>A call begins.</summary>
    /// <param name="what">What is called.</param>
    /// <param name="key">The lock's key.</param>
    /// <param name="hold">The acquire that got the lock, if there is one.</param>
    /// <param name="bound">Within which time the call has to end; absent if nothing is promised.</param>
    /// <param name="lease">The lease that is asked for.</param>
    /// <returns>The number of the call.</returns>
    public long Begin(CallKind what, string key, long? hold = null, TimeSpan? bound = null, TimeSpan? lease = null)
    {
        var call = history.NextCall();
        history.Write(New(RecordKind.Invoke) with
        {
            Call = call,
            What = what,
            Key = key,
            Hold = hold,
            Bound = bound?.TotalMilliseconds,
            Lease = lease?.TotalMilliseconds,
        });
        return call;
    }

    /// <summary>Does what is called, and records how it ends.</summary>
    /// <param name="call">The number of the call.</param>
    /// <param name="act">Does it, and tells the answer.</param>
    /// <returns>Whether it was done.</returns>
    public async Task<bool> EndAsync(long call, Func<Task<HistoryRecord>> act)
    {
        HistoryRecord answer;
        try
        {
            answer = await act();
        }
        catch (Exception exception) when (exception is LockUnavailableException or OperationCanceledException or NpgsqlException)
        {
            answer = New(RecordKind.Unknown) with { Text = exception.GetType().Name };
        }
#pragma warning disable CA1031 // The checker reports that a caller got it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            answer = New(RecordKind.Wrong) with { Text = $"{exception.GetType().Name}: {exception.Message}" };
        }

        history.Write(answer with { Call = call });
        return answer.Kind == RecordKind.Ok;
    }

    /// <summary>A record of now.</summary>
    public HistoryRecord New(RecordKind kind) => new() { At = HistoryWriter.Now, Process = history.Process, Kind = kind };

    /// <summary>A record of an answer that says yes or no.</summary>
    public HistoryRecord Answer(bool isOk) => New(isOk ? RecordKind.Ok : RecordKind.Fail);

    /// <summary>Records something that is no call.</summary>
    public void Note(HistoryRecord record) => history.Write(record);
}
