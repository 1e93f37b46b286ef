namespace Locks.Cli.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Status">One of <see cref="CheckStatus"/>.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Advice">What to do; absent where all is well.</param>
internal sealed record CheckResult(string Check, string Status, string Detail, string? Advice = null)
{
    public static CheckResult Ok(string check, string detail) => new(check, CheckStatus.Ok, detail);

    public static CheckResult Warn(string check, string detail, string advice) => new(check, CheckStatus.Warn, detail, advice);

    public static CheckResult Fail(string check, string detail, string advice) => new(check, CheckStatus.Fail, detail, advice);
}
