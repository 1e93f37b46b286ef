using Locks.Admin;

namespace Locks.Server.Configuration;

/// <summary>Reads the section <c>Locks:Admin</c>.</summary>
internal static class AdminSettings
{
    /// <summary>The section's name within <see cref="ServerSettings.Section"/>.</summary>
    public const string Section = "Admin";

    // The policies are for hosts that have an authentication of their own; the server has none that they could ask.
    private static readonly string[] Known =
    [
        nameof(LocksAdminOptions.ReadKeys), nameof(LocksAdminOptions.WriteKeys),
        nameof(LocksAdminOptions.WriteBurst), nameof(LocksAdminOptions.WritesPerMinute),
    ];

    public static LocksAdminOptions Read(IConfigurationSection section, List<string> problems)
    {
        problems.AddRange(section.GetChildren()
            .Where(child => !Known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => $"There is no setting {child.Path}; there are {string.Join(", ", Known)}."));

        var options = new LocksAdminOptions();
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException unreadable)
        {
            // The binder's own words name the setting, its value and its type. A key is text, so the value is never one.
            problems.Add(unreadable.Message);
        }

        problems.AddRange(options.Problems().Select(problem => $"{section.Path}:{problem}"));
        return options;
    }
}
