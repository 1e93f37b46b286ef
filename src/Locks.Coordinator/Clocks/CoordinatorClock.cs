using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Transport;

namespace Locks.Coordinator.Clocks;

/// <summary>
/// The time by which a coordinator decides, in whole microseconds: what the databases keep, so that a time survives being stored. It is the
/// store's time, as far as the store has a clock of its own; otherwise the wall clock's at the start. Between readings the monotonic clock
/// carries it on, so what happens to this machine's wall clock changes nothing.
/// </summary>
/// <remarks>
/// Each commit brings a reading with it, or is refused when the store's time is another one (<see cref="Expect"/>). The time goes forward at
/// once when a reading says so, and is held back at half speed where it is ahead, so it never goes back; unless the store's own clock was set
/// back, which every coordinator then follows, as they must agree.
/// </remarks>
internal sealed class CoordinatorClock
{
    /// <summary>
    /// How wrong the time may be. Two coordinators differ by twice as much at the most, which is the clients' default safety margin.
    /// </summary>
    public static readonly TimeSpan MaxError = TimeSpan.FromMilliseconds(250);

    // How long the last reading serves commits that bring none.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    // The first may open a connection, and take long because of that.
    private const int MaxReadings = 3;

    private readonly TimeProvider _time;
    private readonly IStoreTime? _store;
    private readonly WallClockLeaps? _leaps;
    private readonly bool _followsWallClock;
    private readonly long _start;
    private readonly long _startedAt;
    private readonly Lock _gate = new();
    private OffsetBounds? _offset;
    private bool _isDoubtful;
    private long _doubtfulSince;
    private (long At, long Value) _last;
    private int _corrections;

    /// <param name="time">This machine's clocks.</param>
    /// <param name="store">The store's clock, if it has one.</param>
    public CoordinatorClock(TimeProvider time, IStoreTime? store = null)
    {
        _time = time;
        _store = store;
        _start = time.GetTimestamp();
        // The first reading is not exact when it compiles what it calls, or loses its processor.
        _startedAt = ReadWallClock().With(ReadWallClock(), out _).Middle;
        _leaps = store is null ? null : new WallClockLeaps(time);
    }

    private CoordinatorClock(TimeProvider time, bool followsWallClock)
        : this(time) => _followsWallClock = followsWallClock;

    /// <summary>Called when the time was found to be wrong by more than <see cref="MaxError"/>, and has been corrected by so much.</summary>
    public event Action<TimeSpan>? Corrected;

    /// <summary>Whether the store has a clock of its own, and this is its time.</summary>
    [MemberNotNullWhen(true, nameof(_store), nameof(_leaps))]
    public bool FollowsStore => _store is not null;

    /// <summary>Now, in UTC.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var ticks = _followsWallClock ? _time.GetUtcNow().UtcTicks : FollowsStore ? StoreTicks() : _startedAt + Elapsed;
            return new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        }
    }

    /// <summary>Whether the time is known well enough to decide by it.</summary>
    public bool IsKnown
    {
        get
        {
            if (!FollowsStore)
                return true;

            lock (_gate)
            {
                NoticeLeap_NeedsGate();
                return !_isDoubtful && _offset is { } offset && offset.Later(Elapsed).Error <= MaxError;
            }
        }
    }

    /// <summary>By how much the time may be wrong; absent while nothing is known.</summary>
    public TimeSpan? Error
    {
        get
        {
            if (!FollowsStore)
                return TimeSpan.Zero;
            lock (_gate)
                return _offset?.Later(Elapsed).Error;
        }
    }

    /// <summary>How long ago the store's clock was read last; absent while it was not.</summary>
    public TimeSpan? ReadingAge
    {
        get
        {
            lock (_gate)
                return _offset is { } offset ? new TimeSpan(Elapsed - offset.At) : null;
        }
    }

    /// <summary>
    /// Between which times the store's clock is when it runs a statement that is sent now, unless this time is wrong by more than
    /// <see cref="MaxError"/>. A commit that the store refuses at any other time needs to bring no reading with it. Absent when a reading is
    /// due: the last one is older than 100 ms, in which the clocks drift apart by 0.1 ms at the most, or the time is not known.
    /// </summary>
    public TimeBounds? Expect()
    {
        if (!FollowsStore)
            return null;

        lock (_gate)
        {
            var now = Elapsed;
            if (NoticeLeap_NeedsGate() || _isDoubtful || _offset is not { } offset || now - offset.At > Fresh.Ticks)
                return null;

            var bounds = offset.Later(now);
            return bounds.Error > MaxError ? null : new TimeBounds(At(now + bounds.Low) - MaxError, At(now + bounds.High) + MaxError);
        }

        static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);
    }

    /// <summary>How far this machine's wall clock is ahead of the time.</summary>
    public TimeSpan WallClockOffset
    {
        get
        {
            // This thread may lose its processor between two readings. What passes then is not told as an offset.
            var before = Now;
            var wallClock = _time.GetUtcNow();
            var after = Now;
            return wallClock < before ? wallClock - before
                : wallClock > after ? wallClock - after
                : TimeSpan.Zero;
        }
    }

    /// <summary>How often the time was found to be wrong by more than <see cref="MaxError"/>: what was decided before may be, too.</summary>
    public int Corrections => Volatile.Read(ref _corrections);

    /// <summary>This moment on the monotonic clock, for <see cref="Observe"/>.</summary>
    public long Elapsed => _time.GetElapsedTime(_start).Ticks;

    /// <summary>
    /// The wall clock's time, for a state machine that a team hosts with a store of its own: several processes may share that, and nothing
    /// here can ask it for its time.
    /// </summary>
    public static CoordinatorClock OfWallClock(TimeProvider time) => new(time, followsWallClock: true);

    /// <summary>Makes sure that the time is known; asks the store if it is not.</summary>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached, or it is too far away to know its time.</exception>
    public ValueTask EnsureKnownAsync(CancellationToken cancellationToken) =>
        IsKnown ? ValueTask.CompletedTask : new ValueTask(ReadStoreAsync(cancellationToken));

    /// <summary>Asks the store for its time.</summary>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached, or it is too far away to know its time.</exception>
    public async Task ReadStoreAsync(CancellationToken cancellationToken)
    {
        for (var reading = 1; reading <= MaxReadings; reading++)
        {
            var sentAt = Elapsed;
            Observe(sentAt, await _store!.ReadAsync(cancellationToken).ConfigureAwait(false));
            if (IsKnown)
                return;
        }

        var problem = $"The store's time is known to within {Error?.TotalMilliseconds:0} ms only, because its answers take so long; "
            + $"coordinators decide when it is known to within {MaxError.TotalMilliseconds:0} ms.";
        throw new LockStoreUnavailableException(problem, new TimeoutException(problem));
    }

    /// <summary>Takes in a reading of the store's clock. A clock of its own needs none.</summary>
    /// <param name="sentAt"><see cref="Elapsed"/> before the statement was sent.</param>
    /// <param name="storeTime">The time that the answer told.</param>
    public void Observe(long sentAt, DateTimeOffset storeTime)
    {
        if (!FollowsStore)
            return;

        TimeSpan contradiction = default;
        lock (_gate)
        {
            // An answer that comes after a suspension may have been given before it.
            if (NoticeLeap_NeedsGate() || (_isDoubtful && sentAt < _doubtfulSince))
                return;

            _isDoubtful = false;
            var reading = OffsetBounds.Of(sentAt, storeTime, Elapsed);
            _offset = _offset is { } known ? known.With(reading, out contradiction) : reading;
            if (contradiction.Duration() <= MaxError)
                return;

            Volatile.Write(ref _corrections, _corrections + 1);
        }

        Corrected?.Invoke(contradiction);
    }

    private OffsetBounds ReadWallClock()
    {
        var before = Elapsed;
        return OffsetBounds.Of(before, _time.GetUtcNow(), Elapsed);
    }

    /// <summary>A leap of the wall clock may be a suspension, in which the monotonic clock stood: then nothing is known.</summary>
    private bool NoticeLeap_NeedsGate()
    {
        if (_leaps!.Look(out _) == TimeSpan.Zero)
            return false;

        (_isDoubtful, _doubtfulSince) = (true, Elapsed);
        return true;
    }

    private long StoreTicks()
    {
        lock (_gate)
        {
            if (_offset is not { } offset)
                return _time.GetUtcNow().UtcTicks;

            var now = Elapsed;
            var right = now + offset.Middle;
            var passed = now - _last.At;
            var ahead = _last.Value + passed - right;
            var isSetBack = ahead > MaxError.Ticks;
            _last = (now, ahead <= 0 || isSetBack ? right : Math.Max(right, _last.Value + (passed / 2)));
            return _last.Value;
        }
    }
}
