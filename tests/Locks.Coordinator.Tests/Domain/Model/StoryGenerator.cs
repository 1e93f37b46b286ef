using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Tests.Domain.Model;

/// <summary>Turns the steps of a story into requests, lets the rules decide them, and has the model check every decision.</summary>
internal sealed class StoryGenerator
{
    public static readonly LockRulesLimits Limits = new()
    {
        ConfirmationWindow = TimeSpan.FromSeconds(4),
        MaxWaiters = 4,
        MaxCohort = 3,

        // More than a story has: what is forgotten is the business of EndedAttemptsTests.
        AttemptsRemembered = 1_024,
        AttemptMemory = TimeSpan.FromHours(24),
    };

    private const string TheSession = "the session";

    private static readonly double[] Leases = [1, 5, 20];
    private static readonly double?[] Waits = [null, 2, 8, 30];
    private static readonly double[] Cooldowns = [0, 3, 10, 60];
    private static readonly double[] Pauses = [0.001, 0.4, 1, 3, 5];
    private static readonly double[] StepsBack = [0.000001, 0.2, 2];

    private readonly LockUnderTest _lock = new(Limits);
    private readonly LockModel _model = new(Limits);
    private readonly List<LockRequest> _sent = [];
    private readonly LockRequest.Acquire?[] _attempts = new LockRequest.Acquire?[Story.Actors];
    private readonly Dictionary<Guid, LeaseSnapshot> _leases = [];
    private readonly Guid[] _current = new Guid[Story.Leases];

    /// <summary>Tells a story to its end.</summary>
    /// <returns>What was seen on the way, for the test that asks whether the stories are worth telling.</returns>
    public static IReadOnlyCollection<string> Tell(Story story)
    {
        var generator = new StoryGenerator();
        foreach (var step in story.Steps)
            generator.Take(step);
        return generator._model.Seen;
    }

    private void Take(Step step)
    {
        switch (step.What)
        {
            case Happening.TimePasses:
                _lock.After(Pick(Pauses, step.Number));
                break;
            case Happening.TimePassesUntilSomethingIsDue:
                // Or to the last instant before it.
                if (_lock.State.DueAt is { } due && due > _lock.Now)
                    _lock.Now = step.Number % 4 == 0 ? due.AddTicks(-1) : due;
                break;
            case Happening.ClockGoesBack:
                _lock.After(-Pick(StepsBack, step.Number));
                break;
            case Happening.LeaseIsRenewed:
                var renewed = _leases.GetValueOrDefault(_current[step.Who % Story.Leases]);
                if (renewed is { HasEnded: false } && _lock.Now.AddSeconds(Pick(Leases, step.Number)) is var end && end > renewed.ExpiresAt)
                    Store(renewed with { ExpiresAt = end });
                break;
            case Happening.LeaseEnds:
                if (_leases.GetValueOrDefault(_current[step.Who % Story.Leases]) is { } ending)
                    Store(ending with { HasEnded = true });
                break;
            case Happening.SessionFallsSilent:
                _lock.Silent.Add(SessionOf(step));
                break;
            case Happening.SessionIsHeardAgain:
                _lock.Silent.Remove(SessionOf(step));
                break;
            default:
                if (RequestOf(step) is { } request)
                    Send(request);
                break;
        }
    }

    private void Send(LockRequest request)
    {
        _sent.Add(request);
        LoadAsStoresDo();
        _model.Check(request, _lock.Now, _lock.Decide(request), _lock.Silent);
    }

    private string SessionOf(Step step) =>
        _attempts[step.Who]?.ClientId is { } session && (session != TheSession || step.Number % 4 == 0) ? session : "another session";

    private LockRequest? RequestOf(Step step) => step.What switch
    {
        Happening.Acquire => Acquire(step),
        Happening.AnyMessageAgain => _sent.Count > 0 ? Copy(_sent[step.Number % _sent.Count]) : null,
        Happening.Cancel => new LockRequest.Cancel(AttemptOf(step), step.Number % 2 == 0 ? _attempts[step.Who]?.ReplyTo : null),
        Happening.Confirm => step.Number % 2 == 0 && _lock.State.Holder is { } holder
            ? ConfirmationOf(holder, step.Number / 2)
            : new LockRequest.Confirm(AttemptOf(step), _model.GrantOf(AttemptOf(step))?.FencingToken ?? step.Number),
        Happening.Renew => new LockRequest.Renew(TokenOf(step), TimeSpan.FromSeconds(Pick(Leases, step.Number)), ReplyTo: null),
        Happening.Release => new LockRequest.Release(TokenOf(step), ReplyTo: null) with { AcquireId = ReleasedAttempt(step) },
        Happening.ReleaseWithCooldown => new LockRequest.Release(TokenOf(step), ReplyTo: null, TimeSpan.FromSeconds(Pick(Cooldowns, step.Number))) with
        {
            AcquireId = ReleasedAttempt(step),
        },
        Happening.Revoke => new LockRequest.Revoke(
            new Attempt($"revocation {step.Number % 3} at step {_sent.Count / 5}").Id, "an operator", FenceToRevoke(step), ReplyTo: null),
        Happening.WaiterIsCancelled => new LockRequest.CancelWaiter(
            AttemptId.Of(WaiterOf(step)), "an operator", Reason: null, ReplyTo: null),
        Happening.TimerFires => new LockRequest.Expire(_lock.State.LastFence),
        Happening.StaleTimerFires => new LockRequest.Expire(_lock.State.LastFence - 1 - (step.Number % 2)),
        _ => throw new InvalidOperationException($"{step.What} is no request"),
    };

    /// <summary>A plain request client does not name the attempt.</summary>
    private Guid? ReleasedAttempt(Step step) => step.Number % 3 == 0 ? null : AttemptOf(step);

    /// <summary>Repeats the request while the attempt lasts, most often; starts the next attempt when it is over, most often.</summary>
    private LockRequest.Acquire Acquire(Step step)
    {
        if (_attempts[step.Who] is { } known && (!_model.IsOver(known.AcquireId) || step.Number % 4 == 0))
            return Copy(known) with { ReplyTo = step.Number % 3 == 0 ? new Attempt($"address {step.Number}").ReplyTo : known.ReplyTo };

        var request = new Attempt($"{step.Who} at step {_sent.Count}").Try(Pick(Leases, step.Number)) with
        {
            Wait = Pick(Waits, step.Number / Leases.Length) is { } wait ? TimeSpan.FromSeconds(wait) : null,
            NotifyQueued = step.Number % 2 == 0,
            Lease = step.Number % 5 < 2 ? LeaseOf(step) : null,
        };
        if (step.Number / 5 % 3 > 0)
            request = InTheSession(request, step.Number / 15);
        if (step.Number % 7 == 0)
            request = request with { ClientId = null };
        _attempts[step.Who] = request;
        return request;
    }

    /// <summary>What all attempts of one client process have in common.</summary>
    private static LockRequest.Acquire InTheSession(LockRequest.Acquire request, int number) => request with
    {
        Ttl = TimeSpan.FromSeconds(Leases[^1]),
        Wait = request.Wait ?? TimeSpan.FromSeconds(Waits[^1]!.Value),
        Lease = number % 8 == 0 ? request.Lease : null,
        MayJoinCohort = number % 10 > 0,
        Owner = "the session",
        ClientId = TheSession,
        ReplyTo = request.ReplyTo with { Address = new Uri("loopback://localhost/the-session") },
    };

    /// <summary>A copy of a request comes with a secret of its own, as the coordinator mints one for each message.</summary>
    private LockRequest Copy(LockRequest request) => request is LockRequest.Acquire acquire ? Copy(acquire) : request;

    private LockRequest.Acquire Copy(LockRequest.Acquire request) => request with
    {
        NewToken = new OwnerToken($"{request.NewToken.Value}, copy {_sent.Count}"),
        Lease = request.Lease is { } lease ? _leases[lease.Id] : null,
    };

    /// <summary>A lease as it is stored: alive, most often, or late, or over. Its owner is one of the actors, or none that is notified.</summary>
    private LeaseSnapshot LeaseOf(Step step)
    {
        var place = step.Who % Story.Leases;
        if (_leases.GetValueOrDefault(_current[place]) is { } known && (!known.HasEnded || step.Number % 4 == 0))
            return known;

        _current[place] = new Attempt($"lease {place} at step {_sent.Count}").Id;
        Store(new LeaseSnapshot(
            _current[place], _lock.Now.AddSeconds(Pick(Leases, step.Number)), HasEnded: false,
            step.Number % 3 == 0 ? null : new Attempt($"{step.Who} at step {_sent.Count}").ReplyTo.Address));
        return _leases[_current[place]];
    }

    private void Store(LeaseSnapshot lease)
    {
        _leases[lease.Id] = lease;
        _model.Learn(lease);
    }

    /// <summary>What a lock knows of its leases is always as of when it was read.</summary>
    private void LoadAsStoresDo()
    {
        var state = _lock.State;
        var holder = state.Holder is { Lease: { } lease } leased ? leased.OnLease(_leases[lease.Id]) : state.Holder;
        _lock.State = state with { Holder = holder, Waiters = state.Waiters.OnLeases(id => _leases[id]) };
    }

    private long? FenceToRevoke(Step step) => (step.Number % 4) switch
    {
        0 => _lock.State.LastFence,
        1 => _lock.State.LastFence - 1,
        _ => null,
    };

    /// <summary>By any of those who were granted together.</summary>
    private static LockRequest.Confirm ConfirmationOf(Holder holder, int number)
    {
        CohortMember[] all = [new(holder.AcquireId, holder.FencingToken), .. holder.Cohort?.Items ?? []];
        return new LockRequest.Confirm(Pick(all, number).AcquireId, Pick(all, number).FencingToken);
    }

    /// <summary>One that waits, often; or an attempt that may hold the lock, or be over.</summary>
    private Guid WaiterOf(Step step) => step.Number % 2 == 0 && _lock.State.Waiters.Head is { } head ? head.AcquireId : AttemptOf(step);

    private Guid AttemptOf(Step step) => _attempts[step.Who]?.AcquireId ?? new Attempt($"{step.Who} before its request").Id;

    /// <summary>The holder's, often; or that of an attempt that held the lock once, or never.</summary>
    private OwnerToken TokenOf(Step step) => step.Number % 3 == 0 && _lock.State.Holder is { } holder
        ? holder.Token
        : _model.GrantOf(AttemptOf(step))?.Token ?? new OwnerToken("a guess");

    private static T Pick<T>(T[] from, int number) => from[number % from.Length];
}
