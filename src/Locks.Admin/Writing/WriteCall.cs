using Locks.Admin.Json;
using Locks.Admin.Problems;
using Locks.Client;
using Locks.Contracts;

namespace Locks.Admin.Writing;

/// <summary>
/// Serves one write: reads and checks its body, has it done, and tells the log when it comes to nothing. It does not stop when the caller
/// goes: what was sent to the coordinator is done, and the log has to tell what came of it.
/// </summary>
internal static class WriteCall
{
    /// <summary>Serves a write.</summary>
    /// <param name="context">The request.</param>
    /// <param name="audit">The log of what operators do.</param>
    /// <param name="act">Does it, with a body that is right.</param>
    public static async Task<IResult> ServeAsync<TBody, TAnswer>(
        HttpContext context, AdminAudit audit, Func<TBody, Task<WriteOutcome<TAnswer>>> act)
        where TBody : class, IWriteRequest
        where TAnswer : class
    {
        var (body, problem) = await BodyReader.ReadAsync<TBody>(context).ConfigureAwait(false);
        problem ??= Check(body!);
        if (problem is null)
        {
            var outcome = await ActAsync(act, body!).ConfigureAwait(false);
            if (outcome.Answer is { } answer)
                return AdminResults.Ok(answer);
            problem = outcome.Problem!;
        }

        audit.Refused(context, Shown.Of(body?.Key), Shown.Of(body?.Reason), problem);
        return problem.ToResult();
    }

    private static async Task<WriteOutcome<TAnswer>> ActAsync<TBody, TAnswer>(Func<TBody, Task<WriteOutcome<TAnswer>>> act, TBody body)
        where TAnswer : class
    {
        try
        {
            return await act(body).ConfigureAwait(false);
        }
        catch (LockUnavailableException unavailable)
        {
            return AdminProblem.Unavailable(unavailable.Message);
        }
    }

    private static AdminProblem? Check(IWriteRequest body)
    {
        var errors = new FieldErrors();
        errors.Add(LockLimits.CheckKey(body.Key));
        errors.Add(LockLimits.CheckReason(string.IsNullOrWhiteSpace(body.Reason) ? "" : body.Reason));
        foreach (var error in body.Checks())
            errors.Add(error);
        return errors.Any ? errors.ToProblem() : null;
    }
}

/// <summary>What came of a write: an answer, or a problem.</summary>
internal readonly record struct WriteOutcome<TAnswer>(TAnswer? Answer, AdminProblem? Problem)
    where TAnswer : class
{
    public static implicit operator WriteOutcome<TAnswer>(TAnswer answer) => new(answer, null);

    public static implicit operator WriteOutcome<TAnswer>(AdminProblem problem) => new(null, problem);
}
