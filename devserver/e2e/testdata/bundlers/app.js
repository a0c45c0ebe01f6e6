import 'xaman-live';

document.querySelector('xaman-sign-request').setAttribute('demo', 'pay');
