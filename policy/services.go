package policy

import "strings"

// viaServices are the services that kms:ViaService names. It may lag behind AWS, so
// that only a question is refused for it, and never a policy.
//
// Sources: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#viaService_table,
// https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html (bedrock),
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html (elasticache and dax)
var viaServices = strings.Fields(`
	airflow appflow apprunner athena auditmanager backup backup-gateway bedrock cassandra codeartifact codeguru-reviewer comprehend connect
	dax directoryservice dms dynamodb ec2 ecr eks elasticache elasticfilesystem es finspace firehose forecast fsx geo glue groundstation
	healthlake importexport iotsitewise kafka kendra kinesis kinesisvideo lambda lex license-manager lookoutequipment lookoutmetrics
	lookoutvision macie malware-protection managedblockchain mediatailor memorydb mgn monitron mq nimble omics profile proton qldb rds
	redshift redshift-serverless rekognition s3 sagemaker secretsmanager ses sns sqlworkbench sqs ssm ssm-contacts ssm-incidents
	storagegateway timestream translate wisdom workmail workspaces workspaces-web xray`)

// nearestService gives the service that is meant by a name, "" when none is near.
func nearestService(name string) string {
	if name == "ebs" { // which calls by EC2's name
		return "ec2"
	}
	best, least := "", 3
	for _, known := range viaServices {
		if d := distance(strings.ToLower(name), known); d < least && d < len(known) {
			best, least = known, d
		}
	}
	return best
}
