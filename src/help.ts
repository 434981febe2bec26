export default class H {}
