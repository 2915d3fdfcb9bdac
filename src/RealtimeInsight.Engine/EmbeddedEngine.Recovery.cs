using RealtimeInsight.Engine.Audit;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Erasure;
using RealtimeInsight.Engine.Identity;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Watching;

namespace RealtimeInsight.Engine;

/// <content>Puts the parts together over what the store holds.</content>
public sealed partial class EmbeddedEngine
{
    private (EngineParts Parts, long Replayed) Recover(CancellationToken cancellationToken)
    {
        var head = _store.Open();
        if (!_options.KeepLog && head is not { NextOffset: 0, NextSegment: 0 })
        {
            throw new StoreUnavailableException(
                $"{_store.Name}: it holds customers, and with KeepLog false what happens to them would be forgotten; name another data "
                + "directory, or leave KeepLog true");
        }

        var log = new LogReader(_store, _options.LogRowsCached) { Start = head.LogStart };
        var count = _options.Shards > 0 ? _options.Shards : Environment.ProcessorCount;
        var shared = new ShardParts(
            _options, _machine, _maker, _scorer, _store, log, new LogUnitPool(), _notices, new SegmentNumbers(head.NextSegment),
            _instruments, _time, new AliasMap(), new LinkFilter())
        {
            Audit = new FeatureAudit(
                new DecisionReplay(_machine, log, _options.RefoldEventsMax), head.NextOffset, _options.AuditInterval, _time, _logger),
            Monitor = Monitor,
            LearnsEvents = Learning is { Items: not null } or { Statistics: not null },
            Logger = _logger,
            ResidentBytesMax = _options.ResidentBytesMax == 0 || !_options.KeepLog ? 0 : Math.Max(1, _options.ResidentBytesMax / count),
        };
        var shards = Enumerable.Range(0, count).Select(index => new Shard(index, shared)).ToArray();
        shared.Aliases.Load(_store.ReadAliases());
        var erased = _store.ReadErased();
        shared.Erased.Load(erased);
        var (recovered, replayed, unfinished) = EngineRecovery.Run(_store, head, shards, WorkHost.RecoveryThreadsMax, cancellationToken);
        var learned = Learning is null || LearningStore is null ? null
            : new LearningKeeper(Learning, LearningStore, _options.Watch.SaveInterval, _time, _logger);
        learned?.Restore();
        Learning?.CatchUp(_store, recovered.NextOffset, _logger);
        var commit = new CommitLoop(_store, recovered, _options, _time, _notices, _instruments, _logger) { Learning = Learning };
        log.Queue = commit.Queue;
        foreach (var shard in shards)
        {
            shard.Queue = commit.Queue;
            shard.Merger.Begin(shards.Length, unfinished.Select(static step => step.Record));
            shard.Begin();
        }

        var outbox = new OutboxCounters(_store.CountOutbox());
        var outboxParts = new OutboxParts(_store, commit.Queue, _options.Outbox, outbox, _instruments, _notices, _time, _logger);
        var disabled = _store.ReadEndpoints().ToDictionary(static row => row.Name, StringComparer.Ordinal);
        var dispatchers = _channels
            .Select(channel => new OutboxDispatcher(channel, disabled.GetValueOrDefault(channel.Name), outboxParts)).ToArray();
        commit.OutboxChanged = added =>
        {
            outbox.Added(added);
            foreach (var dispatcher in dispatchers) dispatcher.Signal.Set();
        };
        var loops = shards.Select(shard => new ShardLoop(shard, _options, _time, _logger)).ToArray();
        var delivery = new DeliveryControl(_store, commit.Queue, dispatchers, outbox, _time);
        var rejects = new RejectControl(_store, commit.Queue, _time);
        var router = new BatchRouter(loops.Length, _options.BatchEventsMax, shared.Aliases, shared.Links);
        var links = new IdentityLinks(_options, shared.Aliases, shared.Links, shared.Erased, loops, _time);
        foreach (var (offset, record) in unfinished) links.Unfinished(record, offset);
        var intake = new Intake(loops, router, shared.Aliases, links);
        var keeper = WatchStore is null ? null
            : new WatchKeeper(WatchStore, Monitor, loops, commit.Queue, _options.Watch.SaveInterval, _time, _logger);
        keeper?.Restore();
        var parts = new EngineParts(
            loops, commit, log, dispatchers, outbox, delivery, rejects, shared.Audit, _scorer, intake, shared.Aliases, keeper, learned);
        _eraser = new CustomerEraser(parts, _store, _logger);
        _erasures = erased;
        return (parts, replayed);
    }
}
