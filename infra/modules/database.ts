import {CloudwatchLogGroup} from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import {DbInstance} from '@cdktf/provider-aws/lib/db-instance/index.js'
import {DbParameterGroup} from '@cdktf/provider-aws/lib/db-parameter-group/index.js'
import {DbSubnetGroup} from '@cdktf/provider-aws/lib/db-subnet-group/index.js'
import {SecretsmanagerSecretRotation} from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation/index.js'
import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

const LOGS = ['postgresql', 'upgrade']
const ROTATE_EVERY_DAYS = 90

type Props = {settings: StackSettings; keyArn: string; subnets: string[]; group: string}

/** PostgreSQL in RDS, whose master password nobody ever sees. */
export class Database extends Construct {
  /** What a task needs to reach it, as it is, and what it gets as secrets. */
  readonly variables: Record<string, string>
  readonly secrets: {name: string; valueFrom: string}[]
  readonly secretArn: string
  /** As CloudWatch names it. */
  readonly identifier: string

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'database')
    const {app, environment} = props.settings
    this.identifier = `${app}-${environment.name}`
    const instance = this.instance(environment.database!)
    this.secretArn = instance.masterUserSecret.get(0).secretArn
    this.rotation()
    // The URL holds no secret: PostgreSQL's drivers take from the environment what a URL leaves out (libpq, "Environment Variables").
    this.variables = {DB_URL: `postgresql://${instance.endpoint}/${instance.dbName}`, PGSSLMODE: 'require'}
    const key = (name: string) => `${this.secretArn}:${name}::`
    this.secrets = [
      {name: 'PGUSER', valueFrom: key('username')},
      {name: 'PGPASSWORD', valueFrom: key('password')},
    ]
  }

  private instance(wanted: NonNullable<StackSettings['environment']['database']>): DbInstance {
    const {keyArn, settings, group} = this.props
    const {protected: careful} = settings.environment
    return new DbInstance(this, 'main', {
      identifier: this.identifier,
      engine: 'postgres',
      engineVersion: wanted.version,
      instanceClass: wanted.instanceClass,
      ...this.storage(wanted),
      dbName: settings.app.replaceAll('-', '_'),
      username: 'app',
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: keyArn,
      dbSubnetGroupName: this.subnetGroup(),
      vpcSecurityGroupIds: [group],
      publiclyAccessible: false,
      parameterGroupName: this.parameterGroup(wanted.version),
      multiAz: wanted.multiAz,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: keyArn,
      enabledCloudwatchLogsExports: LOGS,
      autoMinorVersionUpgrade: true,
      maintenanceWindow: 'sun:04:30-sun:05:30',
      applyImmediately: !careful,
      ...this.keeping(wanted),
      dependsOn: this.logGroups(),
    })
  }

  private storage({storageGb, maxStorageGb}: {storageGb: number; maxStorageGb: number}) {
    return {
      storageType: 'gp3',
      allocatedStorage: storageGb,
      maxAllocatedStorage: maxStorageGb,
      storageEncrypted: true,
      kmsKeyId: this.props.keyArn,
    }
  }

  private keeping({backupDays, deletionProtection}: {backupDays: number; deletionProtection: boolean}) {
    const {protected: careful} = this.props.settings.environment
    return {
      backupRetentionPeriod: backupDays,
      backupWindow: '03:00-04:00',
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: !careful,
      deletionProtection,
      // Not by the knob of the deletion protection: that must be off before anything can be deleted, and then the snapshot counts.
      skipFinalSnapshot: !careful,
      // Of the time of its making, because a snapshot's name can never be taken again.
      finalSnapshotIdentifier: `${this.identifier}-final-\${formatdate("YYYYMMDDhhmmss", timestamp())}`,
      lifecycle: {ignoreChanges: ['final_snapshot_identifier']},
    }
  }

  private subnetGroup(): string {
    return new DbSubnetGroup(this, 'private', {name: this.identifier, subnetIds: this.props.subnets}).name
  }

  private parameterGroup(version: string): string {
    return new DbParameterGroup(this, 'tls', {
      namePrefix: `${this.identifier}-`,
      family: `postgres${version}`,
      parameter: [{name: 'rds.force_ssl', value: '1'}],
      lifecycle: {createBeforeDestroy: true},
    }).name
  }

  /** Ours before RDS writes to them: the groups it makes by itself never expire. */
  private logGroups(): CloudwatchLogGroup[] {
    const {settings, keyArn} = this.props
    return LOGS.map(
      (log) =>
        new CloudwatchLogGroup(this, log, {
          name: `/aws/rds/instance/${this.identifier}/${log}`,
          retentionInDays: settings.environment.logs.days,
          kmsKeyId: keyArn,
        }),
    )
  }

  /** RDS rotates every seven days by itself, but a task keeps the password that it was started with until the next deployment. */
  private rotation(): void {
    new SecretsmanagerSecretRotation(this, 'password', {
      secretId: this.secretArn,
      rotateImmediately: false,
      rotationRules: {automaticallyAfterDays: ROTATE_EVERY_DAYS},
    })
  }
}
