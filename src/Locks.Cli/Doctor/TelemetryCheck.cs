namespace Locks.Cli.Doctor;

/// <summary>Tells what this environment says about telemetry. The tool itself sends none.</summary>
internal static class TelemetryCheck
{
    private static readonly string[] Variables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "OTEL_SDK_DISABLED"];

    public static CheckResult Run(Func<string, string?> variable)
    {
        // Values may have keys of access in them.
        var set = Variables.Where(name => !string.IsNullOrEmpty(variable(name))).ToList();
        return CheckResult.Ok(
            "telemetry",
            set.Count > 0 ? $"{string.Join(", ", set)} set; this tool sends none" : "not configured here; this tool sends none");
    }
}
