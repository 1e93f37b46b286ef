namespace Locks.Cli.Doctor;

/// <summary>How a check ended.</summary>
internal static class CheckStatus
{
    public const string Ok = "OK";

    /// <summary>Locks work; something deserves a look.</summary>
    public const string Warn = "WARN";

    /// <summary>Locks do not work, or not for long.</summary>
    public const string Fail = "FAIL";
}
