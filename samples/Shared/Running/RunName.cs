using System.Globalization;
using System.Security.Cryptography;

namespace Samples.Running;

/// <summary>Names of runs.</summary>
public static class RunName
{
    /// <summary>A name that no other run has.</summary>
    public static string New(TimeProvider time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
}
