using Orleans.Storage;

namespace RealtimeInsight.Orleans;

/// <summary>Storing a grain's state, and what is done where that fails.</summary>
internal static class StateWrites
{
    /// <summary>Stores a new state; where that fails, what is here stays what is stored.</summary>
    public static async Task ReplaceAsync<T>(this IPersistentState<T> storage, T state)
    {
        var before = storage.State;
        storage.State = state;
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            storage.State = before;
            throw;
        }
    }

    /// <summary>Stores what the grain holds; ends the activation where another one has written since: what is so is known there.</summary>
    public static async Task StoreAsync<T>(this IGrainBase grain, IPersistentState<T> storage, T state)
    {
        storage.State = state;
        try
        {
            await storage.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
