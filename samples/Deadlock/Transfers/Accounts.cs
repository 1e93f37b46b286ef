namespace Deadlocks.Transfers;

/// <summary>Two accounts. Each is guarded by a lock of its own, so a transfer needs both locks.</summary>
internal sealed class Accounts
{
    public const int TotalAtFirst = 200;

    private readonly Dictionary<string, int> _balances = new(StringComparer.Ordinal) { ["blue"] = 100, ["green"] = 100 };

    public int Total => _balances.Values.Sum();

    public void Transfer(string from, string to, int amount) => (_balances[from], _balances[to]) = (_balances[from] - amount, _balances[to] + amount);
}
