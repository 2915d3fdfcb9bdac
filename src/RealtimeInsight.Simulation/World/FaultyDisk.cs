using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Simulation.World;

/// <summary>
/// A disk whose commits fail as told. A transaction is on it as a whole or not at all, and stays once its commit has returned: that is
/// what SQLite promises and what the test that kills the real process checks. A torn tail is therefore a transaction that is not there.
/// </summary>
internal sealed class FaultyDisk
{
    private int _failuresLeft;
    private CommitFate _fate;

    public FaultyDisk()
    {
        Store.Committing = Before;
        Store.Committed = After;
    }

    public InMemoryStore Store { get; } = new();

    public bool IsFull { get; set; }

    /// <summary>Called when the process dies inside a commit.</summary>
    public required Action Died { get; init; }

    /// <summary>Called when a fault that was waiting for a commit has happened.</summary>
    public required Action<FaultKinds> Happened { get; init; }

    /// <summary>Called with each group that is on the disk.</summary>
    public required Action<CommitGroup> Written { get; init; }

    public void FailNext(int commits) => _failuresLeft = commits;

    public void DecideNext(CommitFate fate) => _fate = fate;

    /// <summary>Works again, whatever was ordered.</summary>
    public void Heal()
    {
        IsFull = false;
        _failuresLeft = 0;
        _fate = CommitFate.Good;
    }

    private void Before(CommitGroup group)
    {
        if (_fate == CommitFate.DieBefore)
        {
            Die();
            throw new IOException("power was lost before the transaction was on the disk");
        }

        if (IsFull) throw new StoreUnavailableException("the disk is full; make room");
        if (_failuresLeft <= 0) return;
        _failuresLeft--;
        Happened(FaultKinds.CommitFailure);
        throw new StoreUnavailableException("the write failed; nothing was committed");
    }

    private void After(CommitGroup group)
    {
        Written(group);
        if (_fate == CommitFate.DieAfter)
        {
            Die();
            throw new IOException("power was lost after the transaction was on the disk");
        }

        if (_fate != CommitFate.Unknown) return;
        _fate = CommitFate.Good;
        Happened(FaultKinds.CommitUnknown);
        throw new IOException("the answer of the disk was lost; the transaction is on it");
    }

    private void Die()
    {
        _fate = CommitFate.Good;
        Happened(FaultKinds.CommitCrash);
        Died();
    }
}

/// <summary>What becomes of the next commit.</summary>
internal enum CommitFate
{
    Good,
    DieBefore,
    DieAfter,

    /// <summary>It is on the disk and the caller gets an error that does not say so.</summary>
    Unknown,
}
