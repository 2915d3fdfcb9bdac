using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Lifecycle;

/// <summary>
/// Decides which versions serve, without a restart. Every change is prepared first (read, checked, loaded, warmed up), then written to the
/// plan file, then put to work at one moment: a version that must not serve changes nothing, and after a restart serves who served before.
/// Folders are read when somebody asks; a version that is put there does nothing until it is named. Thread-safe.
/// </summary>
/// <param name="shipped">Where the first champion comes from: its highest version that is not refused.</param>
/// <param name="repository">All versions, those of <paramref name="shipped"/> and the registered ones.</param>
/// <param name="pool">Served by this registry alone.</param>
public sealed partial class ModelRegistry(
    InferencePool pool,
    ModelRepository shipped,
    ModelRepository repository,
    IModelRunnerFactory factory,
    ServingPlanFile file,
    InferenceOptions options,
    ILogger<ModelRegistry> logger)
{
    private readonly Lock _gate = new();
    private volatile IReadOnlyList<string> _problems = [];
    private volatile ServingPlan? _plan;

    /// <summary>What does not serve although it was asked for; empty when all is well.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>
    /// Puts to work what served last; at the first start the highest shipped version. A version that is refused now is left out, with a
    /// problem; the plan on disk stays, for the time when its cause is gone.
    /// </summary>
    public void Start()
    {
        lock (_gate)
        {
            var problems = new List<string>();
            if (options.ModelVersion is null)
            {
                try
                {
                    _plan = file.Read();
                }
                catch (ModelRequestException damaged)
                {
                    problems.Add(damaged.Message);
                    LogPlanDamaged(logger, damaged.Message);
                }
            }

            if (_plan is { } plan)
            {
                foreach (var version in plan.Before) Know(version);
                _plan = Resume(plan, problems);
            }
            else if (pool.TryLoad(shipped, factory) && pool.Current is { } first)
            {
                _plan = new ServingPlan { Champion = first.Version };
                if (options.ModelVersion is null && problems.Count == 0) Keep(_plan, problems);
            }

            _problems = problems;
        }
    }

    public ModelListing List()
    {
        var serving = pool.Serving;
        var found = repository.Versions(options.ModelName);
        var versions = found.Concat(serving?.Versions.Except(found) ?? []).Select(version => Describe(version, serving));
        return new ModelListing(options.ModelName, pool.Current?.Version, _plan?.Before ?? [], [.. versions], Problems);
    }

    /// <summary>Takes a version into the repository after all that promotion would check; it serves nobody yet.</summary>
    /// <exception cref="ModelRefusedException">It must not serve.</exception>
    public ModelIdentity Register(ModelFiles files)
    {
        lock (_gate)
        {
            var package = repository.Check(options.ModelName, files);
            pool.Try(factory.Load(package));
            repository.Install(package, files);
            LogRegistered(logger, package.Identity);
            return package.Identity;
        }
    }

    /// <summary>Makes a version the champion. Customers are folded anew by it, each with its next event.</summary>
    /// <exception cref="ModelRefusedException">It must not serve; the one before goes on.</exception>
    /// <exception cref="ModelRequestException">The version is fixed by the settings, or the plan cannot be written.</exception>
    public void Promote(string version) => Change(plan => plan.Champion == version ? plan : plan.Promote(version));

    /// <summary>Makes the champion before the champion again.</summary>
    /// <exception cref="ModelRefusedException">It must not serve any more; the present one goes on.</exception>
    /// <exception cref="ModelRequestException">There was none before, or as for a promotion.</exception>
    public void Rollback() => Change(plan => plan.Before.Count > 0
        ? plan.Rollback()
        : throw new ModelRequestException(
            $"Model {options.ModelName}/{plan.Champion} has no champion before it to go back to. Promote a version instead."));

    /// <summary>
    /// Lets a version score a share of the customers, by their ids: the same ones for as long, and more of them with a larger share.
    /// </summary>
    /// <param name="share">0 (takes the challenger away) to 1.</param>
    /// <exception cref="ModelRefusedException">It must not serve; all goes on as before.</exception>
    /// <exception cref="ModelRequestException">It is the champion or the shadow, or the share is out of range.</exception>
    public void Share(string version, double share) => Change(plan => share == 0 && plan.Challenger?.Version == version
        ? plan with { Challenger = null }
        : plan with { Challenger = Checked(plan, version, share, plan.Shadow) });

    /// <summary>Lets a version score a share of the customers beside whoever serves them; nothing acts on it.</summary>
    /// <param name="share">0 (takes the shadow away) to 1.</param>
    /// <exception cref="ModelRefusedException">It must not serve; all goes on as before.</exception>
    /// <exception cref="ModelRequestException">It is the champion or the challenger, or the share is out of range.</exception>
    public void Shadow(string version, double share) => Change(plan => share == 0 && plan.Shadow?.Version == version
        ? plan with { Shadow = null }
        : plan with { Shadow = Checked(plan, version, share, plan.Challenger) });

    private static PlannedShare Checked(ServingPlan plan, string version, double share, PlannedShare? other)
    {
        if (share is not (> 0 and <= 1))
        {
            throw new ModelRequestException(
                $"A share of {share:0.####} is asked for version {version}; above 0 to 1 is allowed, and 0 for a version that has one.");
        }

        if (version == plan.Champion || version == other?.Version)
        {
            throw new ModelRequestException(version == plan.Champion
                ? $"Version {version} is the champion already; a version has one role. Name another version."
                : $"Version {version} is the other model beside it already; a version has one role. "
                    + "Name another version, or end that role first: give it a share of 0.");
        }

        return new PlannedShare(version, share);
    }

    private void Change(Func<ServingPlan, ServingPlan> change)
    {
        lock (_gate)
        {
            if (options.ModelVersion is { } configured)
            {
                throw new ModelRequestException(
                    $"ModelVersion is set to {configured}, which fixes who serves. "
                    + "Take the setting away and start again to use the registry.");
            }

            // Without any model the first promotion is also the first plan.
            var plan = _plan ?? new ServingPlan { Champion = "" };
            var next = change(plan);
            next = next with { Before = [.. next.Before.Where(static version => version.Length > 0)] };
            using (var prepared = pool.Prepare(next, Load))
            {
                file.Write(next);
                prepared.Commit();
            }

            _plan = next;
            _problems = [];
            LogChanged(logger, options.ModelName, next.Champion, next.Challenger, next.Shadow);
        }
    }

    /// <summary>As much of the kept plan as can be served: the newest champion that works, then who was beside it.</summary>
    private ServingPlan? Resume(ServingPlan kept, List<string> problems)
    {
        ServingPlan? plan = null;
        foreach (var champion in kept.Before.Prepend(kept.Champion))
        {
            plan = new ServingPlan { Champion = champion, Before = [.. kept.Before.Where(version => version != champion)] };
            if (TryServe(plan, problems)) break;
            plan = null;
        }

        if (plan is null)
        {
            return pool.TryLoad(repository, factory) && pool.Current is { } any ? new ServingPlan { Champion = any.Version } : null;
        }

        plan = Add(kept.Challenger, challenger => plan with { Challenger = challenger });
        return Add(kept.Shadow, shadow => plan with { Shadow = shadow });

        ServingPlan Add(PlannedShare? beside, Func<PlannedShare, ServingPlan> with) =>
            beside is not null && beside.Version != plan.Champion && with(beside) is var next && TryServe(next, problems) ? next : plan;
    }

    private bool TryServe(ServingPlan plan, List<string> problems)
    {
        try
        {
            using var prepared = pool.Prepare(plan, Load);
            prepared.Commit();
            return true;
        }
        catch (ModelRefusedException refused)
        {
            problems.Add(refused.Message);
            return false;
        }
    }

    private void Know(string version)
    {
        if (TryRead(version, out var package, out _)) pool.Know(package.Identity);
    }

    private bool TryRead(string version, [NotNullWhen(true)] out ModelPackage? package, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            (package, problem) = (repository.Read(options.ModelName, version), null);
            return true;
        }
        catch (ModelRefusedException refused)
        {
            (package, problem) = (null, refused.Message);
            return false;
        }
    }

    private IModelRunner Load(string version) => factory.Load(repository.Read(options.ModelName, version));

    private void Keep(ServingPlan plan, List<string> problems)
    {
        try
        {
            file.Write(plan);
        }
        catch (ModelRequestException problem)
        {
            problems.Add(problem.Message);
        }
    }

    private ListedVersion Describe(string version, ServingModels? serving)
    {
        var role = serving?.RoleOf(version);
        var beside = role == ModelRole.Challenger ? serving!.Challenger : role == ModelRole.Shadow ? serving!.Shadow : null;
        var manifest = TryRead(version, out var package, out var problem) ? package.Manifest : null;
        return new ListedVersion(
            version, role, beside?.Share.Fraction, problem, manifest?.Digest, manifest?.CreatedAt, manifest?.Metrics,
            beside?.Tally?.Read());
    }

    [LoggerMessage(2020, LogLevel.Information, "Model {Model} is registered; it serves nobody yet")]
    private static partial void LogRegistered(ILogger logger, ModelIdentity model);

    [LoggerMessage(2021, LogLevel.Information,
        "Model {Name} is planned anew: champion {Champion}, challenger {Challenger}, shadow {Shadow}")]
    private static partial void LogChanged(
        ILogger logger, string name, string champion, PlannedShare? challenger, PlannedShare? shadow);

    [LoggerMessage(2022, LogLevel.Warning, "The kept plan of models cannot be used: {Problem}")]
    private static partial void LogPlanDamaged(ILogger logger, string problem);
}
